import type { DeliveryStats, StatsSlice } from "@heron-webhooks/sender";
import { timeOf } from "./shown.ts";

/** What some deliveries came to, in the words that the API has for it. */
export interface ShownSlice {
  readonly sent: number;
  readonly waiting: number;
  readonly retrying: number;
  readonly failed: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
}

export interface ShownBucket extends ShownSlice {
  readonly at: string;
}

export interface ShownWebhookStats extends ShownSlice {
  readonly webhook: string;
}

/** Stats as the API shows them. */
export interface ShownStats {
  readonly since: string;
  readonly until: string;
  readonly complete: boolean;
  readonly complete_since: string;
  readonly bucket_ms: number;
  readonly total: ShownSlice;
  readonly buckets: readonly ShownBucket[];
  readonly webhooks: readonly ShownWebhookStats[];
}

export function shownStats(stats: DeliveryStats): ShownStats {
  const { since, until, complete, completeSince, bucketMs, total, buckets, webhooks } = stats;
  return {
    since: timeOf(since),
    until: timeOf(until),
    complete,
    complete_since: timeOf(completeSince),
    bucket_ms: bucketMs,
    total: shownSlice(total),
    buckets: buckets.map((bucket) => ({ at: timeOf(bucket.at), ...shownSlice(bucket) })),
    webhooks: webhooks.map((one) => ({ webhook: one.webhook, ...shownSlice(one) })),
  };
}

function shownSlice({ delivered, waiting, retrying, dead, p50, p95 }: StatsSlice): ShownSlice {
  return { sent: delivered, waiting, retrying, failed: dead, p50_ms: p50, p95_ms: p95 };
}
