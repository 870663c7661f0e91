import { getMatchingPatterns, matchTopic } from "@heron-webhooks/core";

/** Topics of the sender itself, which applications may not emit. */
const RESERVED_TOPIC = /^(webhook|label)\./;

export function isReservedTopic(topic: string): boolean {
  return RESERVED_TOPIC.test(topic);
}

/**
 * The patterns that match a topic. Reserved topics match only patterns with the same prefix, so that a webhook for `**`
 * does not receive events about its own failures.
 */
export function findSubscribedPatterns(topic: string): readonly string[] {
  const patterns = getMatchingPatterns(topic);
  const reservedPrefix = RESERVED_TOPIC.exec(topic)?.[1];
  return reservedPrefix === undefined
    ? patterns
    : patterns.filter((pattern) => pattern.startsWith(`${reservedPrefix}.`));
}

/** Whether a pattern matches a topic. */
export function isSubscribed(pattern: string, topic: string): boolean {
  const reservedPrefix = RESERVED_TOPIC.exec(topic)?.[1];
  return (
    matchTopic(pattern, topic) && (reservedPrefix === undefined || pattern.startsWith(`${reservedPrefix}.`))
  );
}
