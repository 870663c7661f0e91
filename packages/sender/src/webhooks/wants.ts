import { meets } from "../conditions/meets.ts";
import type { Subject } from "../conditions/subject.ts";
import type { WebhookRecord } from "../store/records.ts";
import { isSubscribed } from "../topics/subscribed.ts";

/** Whether one of a webhook's patterns names an event's topic, and its conditions hold of the event. */
export function wants(
  { topics, when }: Pick<WebhookRecord, "topics" | "when">,
  topic: string,
  subject: Subject,
): boolean {
  return topics.some((pattern) => isSubscribed(pattern, topic)) && meets(subject, when);
}
