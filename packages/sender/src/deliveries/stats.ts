import { type Duration, HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";
import { timeSince } from "../webhooks/since.ts";
import { aggregate } from "./aggregate.ts";
import type { DeliveryStats } from "./delivery-stats.ts";
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
