import { setTimeout as after } from "node:timers/promises";

/** Resolves with what `look` finds, once it finds something; fails if that takes longer. */
export async function waitFor<T>(
  description: string,
  timeoutMs: number,
  poll: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await poll();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`It took longer than ${timeoutMs} ms until ${description}.`);
    await after(20);
  }
}
