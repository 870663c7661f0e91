import { type Duration, HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";
import { parseSince } from "../webhooks/since.ts";
import { aggregateDeliveries } from "./aggregate.ts";
import type { DeliveryStats } from "./delivery-stats.ts";
import { scanDeliveries } from "./scan.ts";

export interface StatsFilter {
  /** Default: all accounts. */
  readonly account?: string | undefined;
  /** Default: all webhooks. */
  readonly webhook?: string | undefined;
  /** Count deliveries of events since this time, or since this long ago: a minute to a year. */
  readonly since: Date | Duration;
}

const MIN_SINCE_MS = 60_000;

/** @throws HeronError `option_invalid` if `since` is less than a minute or more than a year ago */
export async function computeDeliveryStats(
  store: Store,
  filter: StatsFilter,
  now: number,
): Promise<DeliveryStats> {
  const { since: sinceOption, ...scanFilter } = filter;
  const since = parseSince(sinceOption, now);
  if (now - since < MIN_SINCE_MS)
    throw new HeronError("option_invalid", "since must be at least a minute ago.");
  const { deliveries, completeSince } = await scanDeliveries(store.deliveries, scanFilter, since);
  return {
    since,
    until: now,
    isComplete: completeSince === since,
    completeSince,
    ...aggregateDeliveries(deliveries, { since, until: now }),
  };
}
