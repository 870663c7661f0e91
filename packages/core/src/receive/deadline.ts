import type { Clock } from "../clock.ts";

/** What a callback of the application's own came to, when it came to nothing in time. */
export const OUT_OF_TIME: unique symbol = Symbol("out of time");

/** The value, or {@link OUT_OF_TIME} after `ms`; a value that is there at once costs no timer. */
export async function within<T>(
  clock: Clock,
  ms: number,
  value: T | PromiseLike<T>,
): Promise<T | typeof OUT_OF_TIME> {
  if (!isThenable(value)) return value;
  let cancel = (): void => {};
  const late = new Promise<typeof OUT_OF_TIME>((resolve) => {
    cancel = clock.setTimeout(() => resolve(OUT_OF_TIME), ms);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    cancel();
  }
}

export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
