import { hash } from "node:crypto";
import { stringifyEvent, type HeronError, type WebhookEvent } from "@heron-webhooks/core";
import { createLabelsTooLargeError } from "../limits.ts";
import type { LabelRecord } from "../storage/label-record.ts";
import type { NewEvent } from "../storage/store.ts";
import { evaluateConditions } from "./evaluate-conditions.ts";
import type { EventView } from "./event-view.ts";
import { isReservedTopic, isSubscribed } from "./subscriptions.ts";

/** An event that a label made, and as conditions read it. */
export interface DerivedEvent {
  readonly event: NewEvent;
  readonly view: EventView;
}

/** All that labels make of one event, with the user's properties that each is kept with, in characters. */
const MAX_DERIVED_LENGTH = 1024 * 1024;

/**
 * What the labels of its account make of an event: one event each, of the same data, whose `meta.raw` says which event it
 * names. Nothing of the sender's own topics, so that no label names another's, and none of what was for one webhook.
 * Instead the error, `event_too_large`, for which the event is to be refused.
 */
export function applyLabels(
  event: NewEvent,
  view: EventView,
  labels: readonly LabelRecord[],
): readonly DerivedEvent[] | HeronError {
  if (labels.length === 0 || event.webhook !== null || isReservedTopic(event.topic)) return [];
  const matchingLabels = labels.filter(
    ({ pattern, conditions }) => isSubscribed(pattern, event.topic) && evaluateConditions(view, conditions),
  );
  // What is not made need not be thrown away.
  const derivedLength = event.body.length + (view.user?.length ?? 0);
  if (matchingLabels.length * derivedLength > MAX_DERIVED_LENGTH) return createLabelsTooLargeError();
  return matchingLabels.map(({ name }) => deriveEvent(event, view, name));
}

function deriveEvent(event: NewEvent, view: EventView, name: string): DerivedEvent {
  const { created, data, meta } = view.scope as WebhookEvent;
  const overrides = {
    topic: toLabelTopic(name),
    id: toDerivedEventId(event.account, event.id, name),
    meta: { ...meta, raw: { topic: event.topic, id: event.id } },
  };
  const body = stringifyEvent({ created, data, ...overrides });
  return {
    event: { ...event, id: overrides.id, idempotent: false, topic: overrides.topic, body },
    view: view.withOverrides(overrides),
  };
}

export function toLabelTopic(name: string): string {
  return `label.${name}`;
}

/** The same for the same event and label, wherever it is made. */
function toDerivedEventId(account: string, id: string, name: string): string {
  return `evt_${hash("sha256", JSON.stringify([account, id, name])).slice(0, 32)}`;
}
