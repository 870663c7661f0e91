import type { ShownBucket, ShownStats } from "../../src/api/shown-stats.ts";
import { countOf, OUTCOMES } from "./outcomes.ts";
import { bucketLabel, latencyLabel } from "./scale.ts";

/** What the bars show, in a sentence. */
export function outcomesGist({ total, buckets, bucket_ms }: ShownStats, length: string): string {
  if (countOf(total) === 0) return `No deliveries in ${length}.`;
  const counts = OUTCOMES.filter(({ outcome }) => total[outcome] > 0)
    .map(({ outcome, word }) => `${total[outcome].toLocaleString("en")} ${word}`)
    .join(", ");
  const most = highest(buckets, countOf);
  const peak =
    most === null
      ? ""
      : ` The most at once: ${most.value.toLocaleString("en")}, from ${bucketLabel(Date.parse(most.at), bucket_ms)}.`;
  return `Deliveries in ${length} by outcome: ${counts}.${peak}`;
}

/** What the lines show, in a sentence. */
export function latencyGist({ total, buckets, bucket_ms }: ShownStats, length: string): string {
  const { p50_ms, p95_ms } = total;
  if (p50_ms === null || p95_ms === null) return `No attempts in ${length}.`;
  const slowest = highest(buckets, ({ p95_ms: own }) => own ?? 0);
  const when =
    slowest === null
      ? ""
      : ` The slowest: p95 of ${latencyLabel(slowest.value)}, from ${bucketLabel(Date.parse(slowest.at), bucket_ms)}.`;
  return `How long the last attempts took in ${length}: half within ${latencyLabel(p50_ms)}, 95 of 100 within ${latencyLabel(p95_ms)}.${when}`;
}

function highest(
  buckets: readonly ShownBucket[],
  of: (bucket: ShownBucket) => number,
): { readonly at: string; readonly value: number } | null {
  const values = buckets.map((bucket) => ({ at: bucket.at, value: of(bucket) }));
  return values.reduce<(typeof values)[number] | null>(
    (most, one) => (one.value > (most?.value ?? 0) ? one : most),
    null,
  );
}
