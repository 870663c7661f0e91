import { EventView } from "../../matching/event-view.ts";
import { matchesEvent } from "../../matching/matches-event.ts";
import { getPageLimit } from "../page.ts";
import type { DeliveryStore } from "../record-stores.ts";
import type { DeliveryRecord } from "../records.ts";
import type { MemoryState, StoredDelivery } from "./state.ts";

export function createMemoryDeliveries(state: MemoryState, maxPending: number): DeliveryStore {
  return {
    async get(id) {
      const delivery = state.deliveries.get(id);
      return delivery === undefined
        ? null
        : {
            delivery: toDeliveryRecord(delivery, state.now()),
            attempts: [...delivery.attempts],
            body: delivery.event.event.body,
            user: delivery.event.queuedEvent.user,
          };
    },
    async list({ account, webhook, state: requestedState }, page) {
      const now = state.now();
      const limit = getPageLimit(page);
      const items = [...state.deliveries.values()]
        .reverse()
        // Compared by order: the cursor's delivery may have been pruned.
        .filter(({ id }) => page.cursor === undefined || id < page.cursor)
        .map((delivery) => toDeliveryRecord(delivery, now))
        .filter(
          (record) =>
            (account === undefined || record.account === account) &&
            (webhook === undefined || record.webhook === webhook) &&
            (requestedState === undefined || record.state === requestedState),
        );
      const last = items[limit - 1];
      return { data: items.slice(0, limit), nextCursor: items.length > limit ? (last?.id ?? null) : null };
    },
    async retry(id) {
      const delivery = state.deliveries.get(id);
      if (delivery === undefined || delivery.state === "pending") return false;
      state.requeue(delivery);
      return true;
    },
    async recover(webhook, sinceMs, max) {
      const queue = state.localQueue.getQueue(webhook);
      if (queue === undefined) return { recovered: 0, nextCursor: null };
      const now = state.now();
      const account = state.getAccount(queue.record.account);
      let recovered = 0;
      for (const stored of account.events.values()) {
        if (account.pendingCount >= maxPending) break;
        // The next step starts over and skips what is pending by then.
        if (recovered === max) return { recovered, nextCursor: "" };
        if (stored.publishedAt < now - sinceMs) continue;
        const existing = stored.deliveries.find((delivery) => delivery.queue === queue);
        const isMissed =
          existing === undefined &&
          stored.event.webhook === null &&
          matchesEvent(
            queue.record,
            stored.event.topic,
            new EventView(stored.event.body, stored.queuedEvent.user),
          );
        if (isMissed) state.addDelivery(stored, queue, now);
        else if (existing?.state === "dead") state.requeue(existing);
        else continue;
        recovered++;
      }
      return { recovered, nextCursor: null };
    },
  };
}

function toDeliveryRecord(
  { id, event, queue, state, dueAt, attempts, reason }: StoredDelivery,
  now: number,
): DeliveryRecord {
  const last = attempts.at(-1);
  return {
    id,
    webhook: queue.record.id,
    account: queue.record.account,
    event: { id: event.event.id, topic: event.event.topic, publishedAt: event.publishedAt },
    state,
    attemptCount: attempts.length,
    nextAttemptInMs: state === "pending" ? Math.max(0, dueAt - now) : null,
    responseStatus: last?.responseStatus ?? null,
    durationMs: last?.durationMs ?? null,
    reason: reason ?? last?.reason ?? null,
  };
}
