import { hash } from "node:crypto";
import { eventText, type WebhookEvent } from "@heron-webhooks/core";
import { meets } from "../conditions/meets.ts";
import type { Subject } from "../conditions/subject.ts";
import type { NewEvent } from "../store/store.ts";
import { isOwnTopic, isSubscribed } from "../topics/subscribed.ts";
import type { LabelRecord } from "./label-record.ts";

/**
 * What the labels of its account make of an event: one event each, of the same data, whose `meta.raw` says which event it
 * names. Nothing of the sender's own topics, so that no label names another's, and none of what was for one webhook.
 */
export function labeled(
  event: Pick<NewEvent, "account" | "id" | "topic" | "webhook" | "user" | "traceparent">,
  subject: Subject,
  labels: readonly LabelRecord[],
): readonly NewEvent[] {
  if (labels.length === 0 || event.webhook !== null || isOwnTopic(event.topic)) return [];
  return labels
    .filter(({ pattern, when }) => isSubscribed(pattern, event.topic) && meets(subject, when))
    .map(({ name }) => {
      const topic = labelTopic(name);
      const id = labeledId(event.account, event.id, name);
      const { created, data, meta } = subject.scope as WebhookEvent;
      const raw = { topic: event.topic, id: event.id };
      const body = eventText({ topic, created, data, meta: { ...meta, raw }, id });
      return { ...event, id, idempotent: false, topic, body, webhook: null };
    });
}

export function labelTopic(name: string): string {
  return `label.${name}`;
}

/** The same for the same event and label, wherever it is made. */
function labeledId(account: string, id: string, name: string): string {
  return `evt_${hash("sha256", JSON.stringify([account, id, name])).slice(0, 32)}`;
}
