import { matchTopic, getMatchingPatterns } from "@heron-webhooks/core";

/** Topics of the sender's own, which nobody else may emit. */
const RESERVED_TOPIC = /^(webhook|label)\./;

export function isReservedTopic(topic: string): boolean {
  return RESERVED_TOPIC.test(topic);
}

/**
 * The patterns that an event of this topic is delivered by. Topics of the sender's own only by those that begin with
 * the same word: so a webhook for everything does not get events about itself failing, and feed itself.
 */
export function findSubscribedPatterns(topic: string): readonly string[] {
  const patterns = getMatchingPatterns(topic);
  const reservedPrefix = RESERVED_TOPIC.exec(topic)?.[1];
  return reservedPrefix === undefined ? patterns : patterns.filter((pattern) => pattern.startsWith(`${reservedPrefix}.`));
}

/** Whether an event of this topic is delivered by this pattern. */
export function isSubscribed(pattern: string, topic: string): boolean {
  const reservedPrefix = RESERVED_TOPIC.exec(topic)?.[1];
  return matchTopic(pattern, topic) && (reservedPrefix === undefined || pattern.startsWith(`${reservedPrefix}.`));
}
