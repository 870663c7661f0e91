import type { Clock } from "../clock.ts";

/** The result of a callback that timed out. */
export const TIMED_OUT: unique symbol = Symbol("out of time");

/** The value, or {@link TIMED_OUT} after `ms`. A synchronous value starts no timer. */
export async function withTimeout<T>(
  clock: Clock,
  ms: number,
  value: T | PromiseLike<T>,
): Promise<T | typeof TIMED_OUT> {
  if (!isThenable(value)) return value;
  let cancel = (): void => {};
  const timeout = new Promise<typeof TIMED_OUT>((resolve) => {
    cancel = clock.setTimeout(() => resolve(TIMED_OUT), ms);
  });
  try {
    return await Promise.race([value, timeout]);
  } finally {
    cancel();
  }
}

export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
