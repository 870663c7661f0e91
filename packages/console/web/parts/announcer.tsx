import { signal } from "@preact/signals";

/** Something is said so often at the most, in milliseconds: else who listens hears nothing else. */
const ANNOUNCE_INTERVAL_MS = 5000;

const announcement = signal("");
const queue: (() => string)[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;

/** Says something to who listens to the page; soon, and together with what else there is to say then. */
export function announce(text: () => string): void {
  if (!queue.includes(text)) queue.push(text);
  if (timer === null) timer = setTimeout(flush, announcement.value === "" ? 300 : ANNOUNCE_INTERVAL_MS);
}

function flush(): void {
  timer = null;
  announcement.value = queue
    .splice(0)
    .flatMap((text) => text() || [])
    .join(" ");
}

/** The one place in which is written what happened meanwhile. */
export function Announcer() {
  return (
    <p class="visually-hidden" role="status">
      {announcement.value}
    </p>
  );
}
