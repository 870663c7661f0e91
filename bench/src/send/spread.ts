import type { Histogram } from "node:perf_hooks";
import type { Spread } from "./delivery-program.ts";

/** Percentiles of a histogram of nanoseconds, in milliseconds, minus the given minimum. */
export function toSpread(histogram: Histogram, minimumMs = 0): Spread {
  const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - minimumMs);
  return {
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    max: ms(histogram.max),
  };
}

/** Percentiles of a list of milliseconds. */
export function getTimeSpread(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const getPercentile = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { p50: getPercentile(0.5), p99: getPercentile(0.99), max: getPercentile(1) };
}
