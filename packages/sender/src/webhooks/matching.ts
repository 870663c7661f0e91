import type { Condition, Store } from "@heron-webhooks/engine";
import { checkWanted, isOwnTopic, Subject, wants } from "@heron-webhooks/engine";

/** What of the newest events a webhook, or a label, would have been given. */
export interface Matching {
  /** How many events were looked at: of those that had any delivery, up to 100. */
  readonly looked: number;
  readonly matched: number;
  /** The newest of these, up to 10, each with a delivery of it. */
  readonly events: readonly {
    readonly id: string;
    readonly topic: string;
    /** In milliseconds since 1970. */
    readonly published: number;
    readonly delivery: string;
  }[];
}

export interface MatchingInput {
  /** Whose events. Default `"default"`. */
  readonly account?: string | undefined;
  /** Patterns. */
  readonly topics: readonly string[];
  readonly when?: readonly Condition[] | undefined;
}

const MOST_EVENTS = 100;
const MOST_DELIVERIES = 500;
const AT_ONCE = 100;
const SHOWN = 10;

/**
 * Holds patterns and conditions against what has happened.
 * @throws HeronError `pattern_invalid`, `condition_invalid`, `option_invalid`
 */
export async function matchingOf(input: MatchingInput, store: Store): Promise<Matching> {
  const { account = "default", ...wanted } = input;
  const { topics, when } = checkWanted(wanted.topics, wanted.when ?? []);
  const newest = await newestEvents(account, store);
  const matched = [];
  for (const found of newest) {
    if (!wants({ topics }, found.topic, NOTHING)) continue;
    const log = await store.deliveries.get(found.delivery);
    if (log !== null && wants({ topics, when }, found.topic, new Subject(log.body, log.user)))
      matched.push(found);
  }
  return { looked: newest.length, matched: matched.length, events: matched.slice(0, SHOWN) };
}

/** What is looked into only if the topic is wanted. */
const NOTHING = new Subject("{}", null);

async function newestEvents(account: string, store: Store): Promise<Matching["events"]> {
  const found = new Map<string, Matching["events"][number]>();
  let after: string | undefined;
  for (let seen = 0; seen < MOST_DELIVERIES && found.size < MOST_EVENTS; seen += AT_ONCE) {
    const { items, next } = await store.deliveries.list({ account }, { after, limit: AT_ONCE });
    for (const { id: delivery, event } of items)
      if (!found.has(event.id) && found.size < MOST_EVENTS && !isOwnTopic(event.topic))
        found.set(event.id, { ...event, delivery });
    if (next === null) break;
    after = next;
  }
  return [...found.values()];
}
