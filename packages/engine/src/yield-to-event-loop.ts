/** Resolves in the next turn of the event loop, with what has gathered meanwhile. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
