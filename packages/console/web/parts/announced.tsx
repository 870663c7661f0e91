import { signal } from "@preact/signals";

/** Something is said so often at the most, in milliseconds: else who listens hears nothing else. */
const EVERY = 5000;

const said = signal("");
const waiting: (() => string)[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;

/** Says something to who listens to the page; soon, and together with what else there is to say then. */
export function announce(text: () => string): void {
  if (!waiting.includes(text)) waiting.push(text);
  if (timer === null) timer = setTimeout(sayAll, said.value === "" ? 300 : EVERY);
}

function sayAll(): void {
  timer = null;
  said.value = waiting
    .splice(0)
    .flatMap((text) => text() || [])
    .join(" ");
}

/** The one place in which is written what happened meanwhile. */
export function Announced() {
  return (
    <p class="visually-hidden" role="status">
      {said.value}
    </p>
  );
}
