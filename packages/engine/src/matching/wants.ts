import { HeronError, isPattern } from "@heron-webhooks/core";
import type { WebhookRecord } from "../storage/records.ts";
import { type Condition, conditionsOf } from "./condition.ts";
import { meets } from "./meets.ts";
import type { Subject } from "./subject.ts";
import { isSubscribed } from "./subscribed.ts";

const MOST_PATTERNS = 50;

/**
 * Which events are wanted, as it is kept.
 * @throws HeronError `pattern_invalid`, `condition_invalid`, `option_invalid`
 */
export function checkWanted(
  topics: readonly string[],
  when: readonly Condition[],
): { readonly topics: readonly string[]; readonly when: readonly Condition[] } {
  if (!Array.isArray(topics) || topics.length === 0 || topics.length > MOST_PATTERNS)
    throw new HeronError("option_invalid", `topics must be a list of 1 to ${MOST_PATTERNS} patterns.`);
  for (const pattern of topics)
    if (typeof pattern !== "string" || !isPattern(pattern))
      throw new HeronError(
        "pattern_invalid",
        `${JSON.stringify(pattern)} is not a pattern: write "end_user.processed", "end_user.*", "*.failed" or "**".`,
      );
  return { topics: [...new Set(topics)], when: conditionsOf(when) };
}

/** Whether one of a webhook's patterns names an event's topic, and its conditions hold of the event. */
export function wants(
  { topics, when }: Pick<WebhookRecord, "topics" | "when">,
  topic: string,
  subject: Subject,
): boolean {
  return topics.some((pattern) => isSubscribed(pattern, topic)) && meets(subject, when);
}
