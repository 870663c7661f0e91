/** Deliveries by state, and the durations of their last attempts. */
export interface StatsSlice {
  readonly delivered: number;
  /** Pending and not attempted yet. */
  readonly waiting: number;
  /** Pending after at least one attempt. */
  readonly retrying: number;
  readonly dead: number;
  /** The median duration of last attempts, including failed ones, in milliseconds; null if there are none. */
  readonly p50Ms: number | null;
  /** The 95th percentile; null if there are none. */
  readonly p95Ms: number | null;
}

/** The deliveries of events in one interval. */
export interface StatsBucket extends StatsSlice {
  /** When the interval starts, in milliseconds since 1970: a multiple of its width. */
  readonly startsAt: number;
}

export interface WebhookStats extends StatsSlice {
  /** `wbh_…` */
  readonly webhook: string;
}

/** Statistics of deliveries, by the publish time of their events. Times are in milliseconds since 1970. */
export interface DeliveryStats {
  readonly since: number;
  readonly until: number;
  /** False if there were more deliveries than are counted. */
  readonly isComplete: boolean;
  /** Deliveries of events since this time are complete; equals `since` if all are counted. */
  readonly completeSince: number;
  /** The width of a bucket. */
  readonly bucketMs: number;
  readonly total: StatsSlice;
  /**
   * 24 to 61 adjacent buckets, oldest first. The first starts before `since` and counts from `since`; the last has not
   * ended.
   */
  readonly buckets: readonly StatsBucket[];
  /** Webhooks with deliveries, most deliveries first. */
  readonly webhooks: readonly WebhookStats[];
}
