import type { Condition, Store } from "@heron-webhooks/engine";
import { EventView, isReservedTopic, matchesEvent, parseSubscription } from "@heron-webhooks/engine";

/** Which of the newest events a webhook or label would have matched. */
export interface MatchPreview {
  /** Events examined: up to 100 of those with a delivery. */
  readonly examinedCount: number;
  readonly matchedCount: number;
  /** The newest matches, up to 10, each with one of its deliveries. */
  readonly events: readonly {
    readonly id: string;
    readonly topic: string;
    /** In milliseconds since 1970. */
    readonly publishedAt: number;
    readonly delivery: string;
  }[];
}

export interface MatchPreviewInput {
  /** The account whose events are examined. Default `"default"`. */
  readonly account?: string | undefined;
  /** Topic patterns. */
  readonly topics: readonly string[];
  readonly conditions?: readonly Condition[] | undefined;
}

const MAX_EVENTS = 100;
const MAX_DELIVERIES = 500;
const PAGE_SIZE = 100;
const MAX_RETURNED_EVENTS = 10;

/**
 * Matches patterns and conditions against recent events.
 * @throws HeronError `pattern_invalid`, `condition_invalid`, `option_invalid`
 */
export async function previewMatches(input: MatchPreviewInput, store: Store): Promise<MatchPreview> {
  const { account = "default", ...subscription } = input;
  const { topics, conditions } = parseSubscription(subscription.topics, subscription.conditions ?? []);
  const newest = await listNewestEvents(account, store);
  const matched = [];
  for (const candidate of newest) {
    if (!matchesEvent({ topics }, candidate.topic, EMPTY_EVENT)) continue;
    const log = await store.deliveries.get(candidate.delivery);
    if (
      log !== null &&
      matchesEvent({ topics, conditions }, candidate.topic, new EventView(log.body, log.user))
    )
      matched.push(candidate);
  }
  return {
    examinedCount: newest.length,
    matchedCount: matched.length,
    events: matched.slice(0, MAX_RETURNED_EVENTS),
  };
}

/** The body is only read if the topic matches. */
const EMPTY_EVENT = new EventView("{}", null);

async function listNewestEvents(account: string, store: Store): Promise<MatchPreview["events"]> {
  const found = new Map<string, MatchPreview["events"][number]>();
  let cursor: string | undefined;
  for (let examined = 0; examined < MAX_DELIVERIES && found.size < MAX_EVENTS; examined += PAGE_SIZE) {
    const { data, nextCursor } = await store.deliveries.list({ account }, { cursor, limit: PAGE_SIZE });
    for (const { id: delivery, event } of data)
      if (!found.has(event.id) && found.size < MAX_EVENTS && !isReservedTopic(event.topic))
        found.set(event.id, { ...event, delivery });
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return [...found.values()];
}
