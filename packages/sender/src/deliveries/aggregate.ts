import type { DeliveryRecord } from "@heron-webhooks/engine";
import type { DeliveryStats, StatsBucket, StatsSlice, WebhookStats } from "./delivery-stats.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Each width is at most two and a half times the previous, so that 24 to 60 buckets of some width cover any span. */
const BUCKET_WIDTHS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 4, 7, 14].map((n) => n * DAY_MS),
];
const MIN_BUCKETS = 24;

type CountedDelivery = Pick<DeliveryRecord, "webhook" | "state" | "attemptCount" | "durationMs"> & {
  readonly event: Pick<DeliveryRecord["event"], "publishedAt">;
};

/** Aggregates deliveries. Those of events before `since` are left out. */
export function aggregateDeliveries(
  deliveries: Iterable<CountedDelivery>,
  { since, until }: { readonly since: number; readonly until: number },
): Pick<DeliveryStats, "bucketMs" | "total" | "buckets" | "webhooks"> {
  const bucketMs = BUCKET_WIDTHS_MS.findLast((width) => (until - since) / width >= MIN_BUCKETS) ?? SECOND_MS;
  const toBucketIndex = (at: number): number => Math.floor(at / bucketMs);
  const first = toBucketIndex(since);
  const buckets = Array.from({ length: toBucketIndex(until) - first + 1 }, () => new SliceBuilder());
  const webhooks = new Map<string, SliceBuilder>();
  const total = new SliceBuilder();
  for (const delivery of deliveries) {
    const { publishedAt } = delivery.event;
    if (publishedAt < since) continue;
    const webhookSlice = webhooks.get(delivery.webhook) ?? new SliceBuilder();
    webhooks.set(delivery.webhook, webhookSlice);
    // The store's clock may be ahead of this one.
    const bucket = buckets[Math.min(toBucketIndex(publishedAt) - first, buckets.length - 1)];
    for (const slice of [total, webhookSlice, bucket]) slice?.add(delivery);
  }
  return {
    bucketMs,
    total: total.build(),
    buckets: buckets.map((slice, i): StatsBucket => ({ startsAt: (first + i) * bucketMs, ...slice.build() })),
    webhooks: [...webhooks]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([webhook, slice]): WebhookStats => ({ webhook, ...slice.build() })),
  };
}

class SliceBuilder {
  readonly #counts = { delivered: 0, waiting: 0, retrying: 0, dead: 0 };
  readonly #durationsMs: number[] = [];

  get count(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  add({ state, attemptCount, durationMs }: CountedDelivery): void {
    this.#counts[state === "pending" ? (attemptCount > 0 ? "retrying" : "waiting") : state] += 1;
    if (durationMs !== null) this.#durationsMs.push(durationMs);
  }

  build(): StatsSlice {
    const sorted = Float64Array.from(this.#durationsMs).sort();
    return { ...this.#counts, p50Ms: percentile(sorted, 0.5), p95Ms: percentile(sorted, 0.95) };
  }
}

/** Nearest rank: always a value that occurred. */
function percentile(sorted: Float64Array, fraction: number): number | null {
  return sorted[Math.ceil(fraction * sorted.length) - 1] ?? null;
}
