import type { StatsBucketDto, StatsDto } from "../../src/api/dto/stats-dto.ts";
import { countDeliveries, OUTCOMES } from "./outcomes.ts";
import { formatBucket, formatLatency } from "./scale.ts";

/** Describes the chart of deliveries. */
export function describeDeliveries({ total, buckets, bucket_ms }: StatsDto, range: string): string {
  if (countDeliveries(total) === 0) return `No deliveries in ${range}.`;
  const counts = OUTCOMES.filter(({ outcome }) => total[outcome] > 0)
    .map(({ outcome, word }) => `${total[outcome].toLocaleString("en")} ${word}`)
    .join(", ");
  const peakBucket = findHighest(buckets, countDeliveries);
  const peak =
    peakBucket === null
      ? ""
      : ` Peak: ${peakBucket.value.toLocaleString("en")} at ${formatBucket(Date.parse(peakBucket.at), bucket_ms)}.`;
  return `Deliveries in ${range} by outcome: ${counts}.${peak}`;
}

/** Describes the chart of latency. */
export function describeLatency({ total, buckets, bucket_ms }: StatsDto, range: string): string {
  const { p50_ms, p95_ms } = total;
  if (p50_ms === null || p95_ms === null) return `No attempts in ${range}.`;
  const slowest = findHighest(buckets, (bucket) => bucket.p95_ms ?? 0);
  const peak =
    slowest === null
      ? ""
      : ` Slowest: p95 ${formatLatency(slowest.value)} at ${formatBucket(Date.parse(slowest.at), bucket_ms)}.`;
  return `Latency in ${range}: p50 ${formatLatency(p50_ms)}, p95 ${formatLatency(p95_ms)}.${peak}`;
}

function findHighest(
  buckets: readonly StatsBucketDto[],
  getValue: (bucket: StatsBucketDto) => number,
): { readonly at: string; readonly value: number } | null {
  const values = buckets.map((bucket) => ({ at: bucket.at, value: getValue(bucket) }));
  return values.reduce<(typeof values)[number] | null>(
    (max, value) => (value.value > (max?.value ?? 0) ? value : max),
    null,
  );
}
