import { HeronError } from "./errors.ts";
import { formatValue } from "./text.ts";

/** A duration: a number of milliseconds, or text such as `"250ms"`, `"30s"`, `"5m"`, `"24h"` or `"7d"`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const MS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** The longest delay of a Node timer; a longer one fires immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Parses a duration to milliseconds.
 * @throws HeronError `option_invalid`, naming `option`, for a value outside `min` to `max`
 */
export function parseDuration(
  option: string,
  duration: Duration,
  { min = 1, max = MAX_TIMER_MS }: { readonly min?: number; readonly max?: number } = {},
): number {
  const match = typeof duration === "string" ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) : null;
  const ms = match === null ? duration : Number(match[1]) * (MS_PER_UNIT.get(match[2] ?? "") ?? Number.NaN);
  if (typeof ms === "number" && ms >= min && ms <= max) return ms;
  throw new HeronError(
    "option_invalid",
    `${option} must be a duration from ${min} ms to ${max} ms, as milliseconds or like "30s", "5m", "24h"; it is ${formatValue(duration)}.`,
  );
}
