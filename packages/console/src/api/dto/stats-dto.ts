import type { DeliveryStats, StatsSlice } from "@heron-webhooks/sender";
import { toIsoTime } from "./webhook-dto.ts";

/** Delivery counts and latency in API responses. */
export interface StatsSliceDto {
  readonly delivered: number;
  readonly waiting: number;
  readonly retrying: number;
  readonly dead: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
}

export interface StatsBucketDto extends StatsSliceDto {
  readonly at: string;
}

export interface WebhookStatsDto extends StatsSliceDto {
  readonly webhook: string;
}

/** Delivery statistics in API responses. */
export interface StatsDto {
  readonly since: string;
  readonly until: string;
  readonly is_complete: boolean;
  readonly complete_since: string;
  readonly bucket_ms: number;
  readonly total: StatsSliceDto;
  readonly buckets: readonly StatsBucketDto[];
  readonly webhooks: readonly WebhookStatsDto[];
}

export function toStatsDto(stats: DeliveryStats): StatsDto {
  const { since, until, isComplete, completeSince, bucketMs, total, buckets, webhooks } = stats;
  return {
    since: toIsoTime(since),
    until: toIsoTime(until),
    is_complete: isComplete,
    complete_since: toIsoTime(completeSince),
    bucket_ms: bucketMs,
    total: toStatsSliceDto(total),
    buckets: buckets.map((bucket) => ({ at: toIsoTime(bucket.startsAt), ...toStatsSliceDto(bucket) })),
    webhooks: webhooks.map((webhookStats) => ({
      webhook: webhookStats.webhook,
      ...toStatsSliceDto(webhookStats),
    })),
  };
}

function toStatsSliceDto({ delivered, waiting, retrying, dead, p50Ms, p95Ms }: StatsSlice): StatsSliceDto {
  return { delivered, waiting, retrying, dead, p50_ms: p50Ms, p95_ms: p95Ms };
}
