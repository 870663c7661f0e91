import { HeronError } from "./errors.ts";
import { shown } from "./shown.ts";

/** A length of time: a number of milliseconds, or text such as `"250ms"`, `"30s"`, `"5m"`, `"24h"` or `"7d"`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** The largest delay a Node timer takes; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * A duration in milliseconds.
 * @throws HeronError `option_invalid`, naming `option`, for anything but a duration between `min` and `max`.
 */
export function milliseconds(
  option: string,
  duration: Duration,
  { min = 1, max = LONGEST_TIMER }: { readonly min?: number; readonly max?: number } = {},
): number {
  const parts = typeof duration === "string" ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) : null;
  const ms = parts === null ? duration : Number(parts[1]) * (UNITS.get(parts[2] ?? "") ?? Number.NaN);
  if (typeof ms === "number" && ms >= min && ms <= max) return ms;
  throw new HeronError(
    "option_invalid",
    `${option} must be a duration from ${min} ms to ${max} ms, as milliseconds or like "30s", "5m", "24h"; it is ${shown(duration)}.`,
  );
}
