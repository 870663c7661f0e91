import { setTimeout as after } from "node:timers/promises";

/** Calls `poll` until it returns a value, and returns that. Fails after the timeout. */
export async function waitFor<T>(
  description: string,
  timeoutMs: number,
  poll: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await poll();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new Error(`Timed out after ${timeoutMs} ms waiting until ${description}.`);
    await after(20);
  }
}
