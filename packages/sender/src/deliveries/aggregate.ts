import type { DeliveryRecord } from "@heron-webhooks/engine";
import type { DeliveryStats, StatsBucket, StatsSlice, WebhookStats } from "./delivery-stats.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** None is more than two and a half times the one before: so 24 to 60 of one of them are as long as any span is. */
const WIDTHS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 4, 7, 14].map((n) => n * DAY),
];
const FEWEST = 24;

type Counted = Pick<DeliveryRecord, "webhook" | "state" | "attempts" | "ms"> & {
  readonly event: Pick<DeliveryRecord["event"], "published">;
};

/** What `deliveries` come to, of which those from before `since` are left out. */
export function aggregate(
  deliveries: Iterable<Counted>,
  { since, until }: { readonly since: number; readonly until: number },
): Pick<DeliveryStats, "bucketMs" | "total" | "buckets" | "webhooks"> {
  const bucketMs = WIDTHS.findLast((width) => (until - since) / width >= FEWEST) ?? SECOND;
  const place = (at: number): number => Math.floor(at / bucketMs);
  const first = place(since);
  const buckets = Array.from({ length: place(until) - first + 1 }, () => new Slice());
  const webhooks = new Map<string, Slice>();
  const total = new Slice();
  for (const delivery of deliveries) {
    const { published } = delivery.event;
    if (published < since) continue;
    const own = webhooks.get(delivery.webhook) ?? new Slice();
    webhooks.set(delivery.webhook, own);
    // A store may go by another clock, which is ahead of this one.
    const bucket = buckets[Math.min(place(published) - first, buckets.length - 1)];
    for (const slice of [total, own, bucket]) slice?.add(delivery);
  }
  return {
    bucketMs,
    total: total.made(),
    buckets: buckets.map((slice, i): StatsBucket => ({ at: (first + i) * bucketMs, ...slice.made() })),
    webhooks: [...webhooks]
      .sort(([, one], [, other]) => other.count - one.count)
      .map(([webhook, slice]): WebhookStats => ({ webhook, ...slice.made() })),
  };
}

class Slice {
  readonly #counts = { delivered: 0, waiting: 0, retrying: 0, dead: 0 };
  readonly #ms: number[] = [];

  get count(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  add({ state, attempts, ms }: Counted): void {
    this.#counts[state === "pending" ? (attempts > 0 ? "retrying" : "waiting") : state] += 1;
    if (ms !== null) this.#ms.push(ms);
  }

  made(): StatsSlice {
    const sorted = Float64Array.from(this.#ms).sort();
    return { ...this.#counts, p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
  }
}

/** By nearest rank: one that there was, and nothing in between. */
function percentile(sorted: Float64Array, part: number): number | null {
  return sorted[Math.ceil(part * sorted.length) - 1] ?? null;
}
