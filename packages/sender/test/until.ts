import { setTimeout as after } from "node:timers/promises";

/** Long enough that waiting costs the processor nothing, in milliseconds. */
const PAUSE = 5;

/** Resolves with what `look` finds, once it finds something; asks again as often as it takes, after `meanwhile`. */
export async function until<T>(
  look: () => Promise<T | undefined> | T | undefined,
  meanwhile: () => Promise<void> = () => after(PAUSE),
): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await meanwhile();
  }
}
