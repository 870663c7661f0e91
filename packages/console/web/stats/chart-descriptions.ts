import type { StatsBucketDto, StatsDto } from "../../src/api/dto/stats-dto.ts";
import { countDeliveries, OUTCOMES } from "./outcomes.ts";
import { formatBucket, formatLatency } from "./scale.ts";

/** What the bars show, in a sentence. */
export function describeDeliveries({ total, buckets, bucket_ms }: StatsDto, range: string): string {
  if (countDeliveries(total) === 0) return `No deliveries in ${range}.`;
  const counts = OUTCOMES.filter(({ outcome }) => total[outcome] > 0)
    .map(({ outcome, word }) => `${total[outcome].toLocaleString("en")} ${word}`)
    .join(", ");
  const peakBucket = findHighest(buckets, countDeliveries);
  const peak =
    peakBucket === null
      ? ""
      : ` The most at once: ${peakBucket.value.toLocaleString("en")}, from ${formatBucket(Date.parse(peakBucket.at), bucket_ms)}.`;
  return `Deliveries in ${range} by outcome: ${counts}.${peak}`;
}

/** What the lines show, in a sentence. */
export function describeLatency({ total, buckets, bucket_ms }: StatsDto, range: string): string {
  const { p50_ms, p95_ms } = total;
  if (p50_ms === null || p95_ms === null) return `No attempts in ${range}.`;
  const slowest = findHighest(buckets, ({ p95_ms: own }) => own ?? 0);
  const when =
    slowest === null
      ? ""
      : ` The slowest: p95 of ${formatLatency(slowest.value)}, from ${formatBucket(Date.parse(slowest.at), bucket_ms)}.`;
  return `How long the last attempts took in ${range}: half within ${formatLatency(p50_ms)}, 95 of 100 within ${formatLatency(p95_ms)}.${when}`;
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
