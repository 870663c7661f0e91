import { Subject } from "../../matching/subject.ts";
import { wants } from "../../matching/wants.ts";
import { limitOf } from "../page.ts";
import type { DeliveryStore } from "../record-stores.ts";
import type { DeliveryRecord } from "../records.ts";
import type { Delivery, State } from "./state.ts";

export function memoryDeliveries(state: State, maxPending: number): DeliveryStore {
  return {
    async get(id) {
      const delivery = state.deliveries.get(id);
      return delivery === undefined
        ? null
        : {
            delivery: recordOf(delivery, state.now()),
            attempts: [...delivery.attempts],
            body: delivery.event.event.body,
            user: delivery.event.hot.user,
          };
    },
    async list({ account, webhook, state: wanted }, page) {
      const now = state.now();
      const limit = limitOf(page);
      const items = [...state.deliveries.values()]
        .reverse()
        // By their order, not by an id's place: the delivery may have been pruned meanwhile.
        .filter(({ id }) => page.after === undefined || id < page.after)
        .map((delivery) => recordOf(delivery, now))
        .filter(
          (record) =>
            (account === undefined || record.account === account) &&
            (webhook === undefined || record.webhook === webhook) &&
            (wanted === undefined || record.state === wanted),
        );
      const last = items[limit - 1];
      return { items: items.slice(0, limit), next: items.length > limit ? (last?.id ?? null) : null };
    },
    async retry(id) {
      const delivery = state.deliveries.get(id);
      if (delivery === undefined || delivery.state === "pending") return false;
      state.revive(delivery);
      return true;
    },
    async recover(webhook, sinceMs, max) {
      const lane = state.hot.lane(webhook);
      if (lane === undefined) return { recovered: 0, next: null };
      const now = state.now();
      const account = state.account(lane.record.account);
      let recovered = 0;
      for (const stored of account.events.values()) {
        if (account.pending >= maxPending) break;
        // The next step begins again, and finds that these are pending.
        if (recovered === max) return { recovered, next: "" };
        if (stored.at < now - sinceMs) continue;
        const had = stored.deliveries.find((delivery) => delivery.lane === lane);
        const missed =
          had === undefined &&
          stored.event.webhook === null &&
          wants(lane.record, stored.event.topic, new Subject(stored.event.body, stored.hot.user));
        if (missed) state.addDelivery(stored, lane, now);
        else if (had?.state === "dead") state.revive(had);
        else continue;
        recovered++;
      }
      return { recovered, next: null };
    },
  };
}

function recordOf({ id, event, lane, state, due, attempts, reason }: Delivery, now: number): DeliveryRecord {
  const last = attempts.at(-1);
  return {
    id,
    webhook: lane.record.id,
    account: lane.record.account,
    event: { id: event.event.id, topic: event.event.topic, published: event.at },
    state,
    attempts: attempts.length,
    dueIn: state === "pending" ? Math.max(0, due - now) : null,
    status: last?.status ?? null,
    ms: last?.ms ?? null,
    reason: reason ?? last?.reason ?? null,
  };
}
