import { hash } from "node:crypto";
import type { HeronError, WebhookEvent } from "@heron-webhooks/core";
import { stringifyEvent } from "@heron-webhooks/core/internal";
import { createLabelsTooLargeError } from "../limits.ts";
import type { LabelRecord } from "../storage/label-record.ts";
import type { NewEvent } from "../storage/store.ts";
import { evaluateConditions } from "./evaluate-conditions.ts";
import type { EventView } from "./event-view.ts";
import { isReservedTopic, isSubscribed } from "./subscriptions.ts";

/** An event that a label derived, and its view for conditions. */
export interface DerivedEvent {
  readonly event: NewEvent;
  readonly view: EventView;
}

/** The size of all events derived from one event, including the user's properties stored with each, in characters. */
const MAX_DERIVED_LENGTH = 1024 * 1024;

/**
 * Derives one event for each label that matches: the same data, with the original's topic and id in `meta.raw`.
 * Reserved topics and events for a single webhook have no labels. Returns an `event_too_large` error if the derived
 * events exceed the size limit.
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
  // Checked before the events are built.
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

/** Deterministic: the same event and label always give the same id. */
function toDerivedEventId(account: string, id: string, name: string): string {
  return `evt_${hash("sha256", JSON.stringify([account, id, name])).slice(0, 32)}`;
}
