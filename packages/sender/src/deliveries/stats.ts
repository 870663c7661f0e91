import { type Duration, HeronError } from "@heron-webhooks/core";
import type { Store } from "../store/store.ts";
import { timeSince } from "../webhooks/since.ts";
import { aggregate } from "./aggregate.ts";
import { walk } from "./walk.ts";

/** Which deliveries are counted. */
export interface StatsFilter {
  /** Default: everybody's. */
  readonly account?: string | undefined;
  /** Default: of all webhooks. */
  readonly webhook?: string | undefined;
  /** Those of events since a time, or since so long ago: from a minute to a year. */
  readonly since: Date | Duration;
}

/** Deliveries by what became of them, and how long their last attempts took. */
export interface StatsSlice {
  readonly delivered: number;
  /** Pending, and not attempted yet. */
  readonly waiting: number;
  /** Pending, and attempted before. */
  readonly retrying: number;
  readonly dead: number;
  /** Half of the last attempts took no longer, in milliseconds, failed ones included; null if there was none. */
  readonly p50: number | null;
  /** 95 of 100 took no longer; null as `p50` is. */
  readonly p95: number | null;
}

/** The deliveries of events of one span of time. */
export interface StatsBucket extends StatsSlice {
  /** When it begins, in milliseconds since 1970: a multiple of its width. */
  readonly at: number;
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
  readonly complete: boolean;
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

const SHORTEST = 60_000;

/** @throws HeronError `option_invalid` if it is shorter ago than a minute, or longer than a year */
export async function deliveryStats(store: Store, filter: StatsFilter, now: number): Promise<DeliveryStats> {
  const { since: given, ...which } = filter;
  const since = timeSince(given, now);
  if (now - since < SHORTEST) throw new HeronError("option_invalid", "since must be a minute ago at least.");
  const { seen, completeSince } = await walk(store.deliveries, which, since);
  return {
    since,
    until: now,
    complete: completeSince === since,
    completeSince,
    ...aggregate(seen, { since, until: now }),
  };
}
