import { matchTopic, patternsOf } from "@heron-webhooks/core";

/** Topics of the sender's own, which nobody else may emit. */
const OWN_TOPIC = /^(webhook|label)\./;

export function isOwnTopic(topic: string): boolean {
  return OWN_TOPIC.test(topic);
}

/**
 * The patterns that an event of this topic is delivered by. Topics of the sender's own only by those that begin with
 * the same word: so a webhook for everything does not get events about itself failing, and feed itself.
 */
export function subscribedPatterns(topic: string): readonly string[] {
  const patterns = patternsOf(topic);
  const own = OWN_TOPIC.exec(topic)?.[1];
  return own === undefined ? patterns : patterns.filter((pattern) => pattern.startsWith(`${own}.`));
}

/** Whether an event of this topic is delivered by this pattern. */
export function isSubscribed(pattern: string, topic: string): boolean {
  const own = OWN_TOPIC.exec(topic)?.[1];
  return matchTopic(pattern, topic) && (own === undefined || pattern.startsWith(`${own}.`));
}
