import { signal } from "@preact/signals";

/** Limits announcements, so that screen readers can be used for other things. */
const ANNOUNCE_INTERVAL_MS = 5000;

const announcement = signal("");
const queue: (() => string)[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;

/** Announces a text to screen readers, batched with other announcements. */
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

/** The live region for announcements. */
export function Announcer() {
  return (
    <p class="visually-hidden" role="status">
      {announcement.value}
    </p>
  );
}
