import { HeronError, isPattern } from "@heron-webhooks/core";
import type { WebhookRecord } from "../storage/records.ts";
import { type Condition, parseConditions } from "./condition.ts";
import { evaluateConditions } from "./evaluate-conditions.ts";
import type { EventView } from "./event-view.ts";
import { isSubscribed } from "./subscriptions.ts";

const MAX_PATTERNS = 50;

/**
 * Validates the topics and conditions of a webhook.
 * @throws HeronError `pattern_invalid`, `condition_invalid`, `option_invalid`
 */
export function parseSubscription(
  topics: readonly string[],
  conditions: readonly Condition[],
): { readonly topics: readonly string[]; readonly conditions: readonly Condition[] } {
  if (!Array.isArray(topics) || topics.length === 0 || topics.length > MAX_PATTERNS)
    throw new HeronError("option_invalid", `topics must be a list of 1 to ${MAX_PATTERNS} patterns.`);
  for (const pattern of topics)
    if (typeof pattern !== "string" || !isPattern(pattern))
      throw new HeronError(
        "pattern_invalid",
        `${JSON.stringify(pattern)} is not a pattern: write "end_user.processed", "end_user.*", "*.failed" or "**".`,
      );
  return { topics: [...new Set(topics)], conditions: parseConditions(conditions) };
}

/** Whether a pattern of the webhook matches the event's topic, and the event meets the webhook's conditions. */
export function matchesEvent(
  { topics, conditions }: Pick<WebhookRecord, "topics" | "conditions">,
  topic: string,
  event: EventView,
): boolean {
  return topics.some((pattern) => isSubscribed(pattern, topic)) && evaluateConditions(event, conditions);
}
