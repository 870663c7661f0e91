import { hash } from "node:crypto";
import { eventText, type HeronError, type WebhookEvent } from "@heron-webhooks/core";
import { labelsTooLarge } from "../limits.ts";
import type { LabelRecord } from "../storage/label-record.ts";
import type { NewEvent } from "../storage/store.ts";
import { meets } from "./meets.ts";
import type { Subject } from "./subject.ts";
import { isOwnTopic, isSubscribed } from "./subscribed.ts";

/** An event that a label made, and as conditions read it. */
export interface LabeledEvent {
  readonly event: NewEvent;
  readonly subject: Subject;
}

/** All that labels make of one event, with the user's properties that each is kept with, in characters. */
const MOST_TOGETHER = 1024 * 1024;

/**
 * What the labels of its account make of an event: one event each, of the same data, whose `meta.raw` says which event it
 * names. Nothing of the sender's own topics, so that no label names another's, and none of what was for one webhook.
 * Instead the error, `event_too_large`, for which the event is to be refused.
 */
export function labeled(
  event: NewEvent,
  subject: Subject,
  labels: readonly LabelRecord[],
): readonly LabeledEvent[] | HeronError {
  if (labels.length === 0 || event.webhook !== null || isOwnTopic(event.topic)) return [];
  const naming = labels.filter(
    ({ pattern, when }) => isSubscribed(pattern, event.topic) && meets(subject, when),
  );
  // What is not made need not be thrown away.
  const each = event.body.length + (subject.user?.length ?? 0);
  if (naming.length * each > MOST_TOGETHER) return labelsTooLarge();
  return naming.map(({ name }) => made(event, subject, name));
}

function made(event: NewEvent, subject: Subject, name: string): LabeledEvent {
  const { created, data, meta } = subject.scope as WebhookEvent;
  const own = {
    topic: labelTopic(name),
    id: labeledId(event.account, event.id, name),
    meta: { ...meta, raw: { topic: event.topic, id: event.id } },
  };
  const body = eventText({ created, data, ...own });
  return {
    event: { ...event, id: own.id, idempotent: false, topic: own.topic, body },
    subject: subject.named(own),
  };
}

export function labelTopic(name: string): string {
  return `label.${name}`;
}

/** The same for the same event and label, wherever it is made. */
function labeledId(account: string, id: string, name: string): string {
  return `evt_${hash("sha256", JSON.stringify([account, id, name])).slice(0, 32)}`;
}
