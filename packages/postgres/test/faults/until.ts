import { setTimeout as after } from "node:timers/promises";

/** Resolves with what `look` finds, once it finds something; fails if that takes longer. */
export async function until<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`It took longer than ${withinMs} ms until ${what}.`);
    await after(20);
  }
}
