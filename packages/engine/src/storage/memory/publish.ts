import { HeronError } from "@heron-webhooks/core";
import { createPendingLimitError } from "../../limits.ts";
import { applyLabels } from "../../matching/apply-labels.ts";
import { EventView } from "../../matching/event-view.ts";
import { matchesEvent } from "../../matching/matches-event.ts";
import type { LocalWebhookQueue } from "../../queue/queued-delivery.ts";
import type { NewEvent, PublishResult } from "../store.ts";
import { listLabels } from "./labels.ts";
import type { MemoryState, StoredAccount, StoredEvent } from "./state.ts";

/** An event with the queues of its target webhooks. */
interface TargetedEvent {
  readonly event: NewEvent;
  readonly queues: readonly LocalWebhookQueue[];
}

export function publish(state: MemoryState, event: NewEvent, maxPending: number): PublishResult {
  const account = state.getAccount(event.account);
  const duplicate = event.idempotent ? account.events.get(event.id) : undefined;
  if (duplicate !== undefined)
    return { id: event.id, deliveryCount: duplicate.deliveryCount, duplicate: true };
  const properties = event.user === null ? undefined : account.users.get(event.user);
  const user = properties === undefined ? null : JSON.stringify(properties);
  const targets = resolveTargets(account, event, user);
  if (HeronError.is(targets)) return { id: event.id, error: targets };
  const [original, ...derived] = targets;
  const deliveryCount = original.queues.length + derived.reduce((sum, { queues }) => sum + queues.length, 0);
  if (account.pendingCount + deliveryCount > maxPending)
    return { id: event.id, error: createPendingLimitError(account.pendingCount, maxPending) };
  for (const target of [original, ...derived]) storeEvent(state, account, target, user);
  return { id: event.id, deliveryCount: original.queues.length, duplicate: false };
}

/** The event and those that labels derive from it, with their targets. */
function resolveTargets(
  account: StoredAccount,
  event: NewEvent,
  user: string | null,
): [TargetedEvent, ...TargetedEvent[]] | HeronError {
  const view = new EventView(event.body, user);
  const derivedEvents = applyLabels(event, view, listLabels(account));
  if (HeronError.is(derivedEvents)) return derivedEvents;
  const [original, ...derived] = [{ event, view }, ...derivedEvents].map((candidate) => ({
    event: candidate.event,
    queues: findQueues(account, candidate.event, candidate.view),
  }));
  return [original as TargetedEvent, ...derived];
}

/** The target webhooks of an event. A disabled webhook receives an event that names it. */
function findQueues(
  { queues }: StoredAccount,
  { webhook, topic }: NewEvent,
  view: EventView,
): readonly LocalWebhookQueue[] {
  return [...queues].filter(({ record }) =>
    webhook === null ? record.enabled && matchesEvent(record, topic, view) : record.id === webhook,
  );
}

function storeEvent(
  state: MemoryState,
  account: StoredAccount,
  { event, queues }: TargetedEvent,
  user: string | null,
): void {
  const now = state.now();
  const { topic, body, traceparent = null } = event;
  const stored: StoredEvent = {
    event,
    queuedEvent: { topic, body, user, traceparent },
    publishedAt: now,
    deliveryCount: queues.length,
    deliveries: [],
  };
  account.events.set(event.id, stored);
  state.bodyLength += body.length;
  for (const queue of queues) state.addDelivery(stored, queue, now);
}
