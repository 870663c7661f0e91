import { HeronError } from "@heron-webhooks/core";
import { closedGates } from "../../queue/lane.ts";
import { limitOf } from "../page.ts";
import type { WebhookStore } from "../record-stores.ts";
import type { WebhookRecord } from "../records.ts";
import type { State } from "./state.ts";

export function memoryWebhooks(state: State): WebhookStore {
  return {
    async create(webhook, max) {
      if (state.account(webhook.account).lanes.size >= max)
        throw new HeronError(
          "limit_reached",
          `The account has ${max} webhooks, which is as many as it may have.`,
        );
      state.addWebhook(webhook);
    },
    async get(id) {
      return state.hot.lane(id)?.record ?? null;
    },
    async update(id, version, change) {
      const lane = state.hot.lane(id);
      if (lane === undefined || lane.record.version !== version) return null;
      state.hot.change({ ...lane.record, ...change, version: version + 1 }, state.now());
      return lane.record;
    },
    async remove(id) {
      const lane = state.hot.lane(id);
      if (lane === undefined) return false;
      const account = state.account(lane.record.account);
      account.lanes.delete(lane);
      state.hot.removeLane(id);
      state.order.delete(id);
      for (const delivery of state.deliveries.values()) {
        if (delivery.lane !== lane) continue;
        if (delivery.state === "pending") account.pending -= 1;
        state.deliveries.delete(delivery.id);
        delivery.event.deliveries.splice(delivery.event.deliveries.indexOf(delivery), 1);
      }
      return true;
    },
    async list({ account }, page) {
      // By their order, not by an id: the webhook may have been removed meanwhile.
      const after = Number(page.after ?? 0);
      const limit = limitOf(page);
      const rest = [...state.order]
        .filter(
          ([id, place]) =>
            place > after && (account === undefined || recordOf(state, id)?.account === account),
        )
        .slice(0, limit + 1);
      const items = rest.slice(0, limit).flatMap(([id]) => recordOf(state, id) ?? []);
      return { items, next: rest.length > limit ? String(rest[limit - 1]?.[1]) : null };
    },
    async gates(id) {
      const lane = state.hot.lane(id);
      if (lane === undefined) return [];
      const now = state.now();
      return [...closedGates(lane.gates, "webhook", now), ...closedGates(lane.account.gates, "account", now)];
    },
  };
}

function recordOf(state: State, id: string): WebhookRecord | undefined {
  return state.hot.lane(id)?.record;
}
