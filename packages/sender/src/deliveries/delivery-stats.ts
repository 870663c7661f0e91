/** Deliveries by what became of them, and how long their last attempts took. */
export interface StatsSlice {
  readonly delivered: number;
  /** Pending, and not attempted yet. */
  readonly waiting: number;
  /** Pending, and attempted before. */
  readonly retrying: number;
  readonly dead: number;
  /** Half of the last attempts took no longer, in milliseconds, failed ones included; null if there was none. */
  readonly p50Ms: number | null;
  /** 95 of 100 took no longer; null as `p50` is. */
  readonly p95Ms: number | null;
}

/** The deliveries of events of one span of time. */
export interface StatsBucket extends StatsSlice {
  /** When it begins, in milliseconds since 1970: a multiple of its width. */
  readonly startsAt: number;
}

/** The deliveries to one webhook. */
export interface WebhookStats extends StatsSlice {
  /** `wbh_…` */
  readonly webhook: string;
}

/** How it went with deliveries, by when their events were published. Times are in milliseconds since 1970. */
export interface DeliveryStats {
  readonly since: number;
  readonly until: number;
  /** False if there were more than are counted. */
  readonly isComplete: boolean;
  /** All of events from then on are counted; `since` if it is complete. */
  readonly completeSince: number;
  /** How wide a bucket is. */
  readonly bucketMs: number;
  readonly total: StatsSlice;
  /** From 24 to 61 without a gap, the oldest first: the first begins before `since` and counts from then on, the last is not over. */
  readonly buckets: readonly StatsBucket[];
  /** Of each that had any, the most deliveries first. */
  readonly webhooks: readonly WebhookStats[];
}
