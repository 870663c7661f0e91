import { type Duration, HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";
import { parseSince } from "../webhooks/since.ts";
import { aggregateDeliveries } from "./aggregate.ts";
import type { DeliveryStats } from "./delivery-stats.ts";
import { scanDeliveries } from "./scan.ts";

/** Which deliveries are counted. */
export interface StatsFilter {
  /** Default: everybody's. */
  readonly account?: string | undefined;
  /** Default: of all webhooks. */
  readonly webhook?: string | undefined;
  /** Those of events since a time, or since so long ago: from a minute to a year. */
  readonly since: Date | Duration;
}

const MIN_SINCE_MS = 60_000;

/** @throws HeronError `option_invalid` if it is shorter ago than a minute, or longer than a year */
export async function computeDeliveryStats(
  store: Store,
  filter: StatsFilter,
  now: number,
): Promise<DeliveryStats> {
  const { since: sinceOption, ...scanFilter } = filter;
  const since = parseSince(sinceOption, now);
  if (now - since < MIN_SINCE_MS)
    throw new HeronError("option_invalid", "since must be a minute ago at least.");
  const { deliveries, completeSince } = await scanDeliveries(store.deliveries, scanFilter, since);
  return {
    since,
    until: now,
    isComplete: completeSince === since,
    completeSince,
    ...aggregateDeliveries(deliveries, { since, until: now }),
  };
}
