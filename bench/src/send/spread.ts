import type { Histogram } from "node:perf_hooks";
import type { Spread } from "./subject.ts";

/** Of a histogram of nanoseconds, in milliseconds, less what each would be at the least. */
export function spreadOf(histogram: Histogram, least = 0): Spread {
  const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - least);
  return {
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    most: ms(histogram.max),
  };
}

/** The same of a list of milliseconds. */
export function spreadOfTimes(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}
