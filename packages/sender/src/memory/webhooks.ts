import { HeronError } from "@heron-webhooks/core";
import { closedGates } from "../schedule/lane.ts";
import { pageOf } from "../store/page.ts";
import type { WebhookStore } from "../store/store.ts";
import type { State } from "./state.ts";

export function memoryWebhooks(state: State): WebhookStore {
  return {
    async create(webhook, max) {
      if (state.account(webhook.account).lanes.size >= max)
        throw new HeronError(
          "limit_reached",
          `The account has ${max} webhooks, which is as many as it may have.`,
        );
      state.addLane(webhook);
    },
    async get(id) {
      return state.lanes.get(id)?.record ?? null;
    },
    async update(id, version, change) {
      const lane = state.lanes.get(id);
      if (lane === undefined || lane.record.version !== version) return null;
      lane.record = { ...lane.record, ...change, version: version + 1 };
      state.look([lane]);
      return lane.record;
    },
    async remove(id) {
      const lane = state.lanes.get(id);
      if (lane === undefined) return false;
      state.lanes.delete(id);
      const account = state.account(lane.record.account);
      account.lanes.delete(lane);
      for (const [lease, { delivery }] of state.leases)
        if (delivery.lane === lane) state.leases.delete(lease);
      for (const delivery of state.deliveries.values()) {
        if (delivery.lane !== lane) continue;
        if (delivery.state === "waiting" || delivery.state === "leased") account.pending -= 1;
        state.deliveries.delete(delivery.id);
        delivery.event.deliveries.splice(delivery.event.deliveries.indexOf(delivery), 1);
      }
      return true;
    },
    async list({ account }, page) {
      const all = [...state.lanes.values()].map(({ record }) => record);
      return pageOf(
        all.filter((record) => account === undefined || record.account === account),
        page,
      );
    },
    async gates(id) {
      const lane = state.lanes.get(id);
      if (lane === undefined) return [];
      const now = state.now();
      return [
        ...closedGates(lane.gates, "webhook", now),
        ...closedGates(state.account(lane.record.account).gates, "account", now),
      ];
    },
  };
}
