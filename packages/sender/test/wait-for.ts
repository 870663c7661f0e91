import { setTimeout as after } from "node:timers/promises";

/** Long enough that waiting costs the processor nothing, in milliseconds. */
const POLL_INTERVAL_MS = 5;

/** Resolves with what `look` finds, once it finds something; asks again as often as it takes, after `meanwhile`. */
export async function waitFor<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  pause: () => Promise<void> = () => after(POLL_INTERVAL_MS),
): Promise<T> {
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    await pause();
  }
}
