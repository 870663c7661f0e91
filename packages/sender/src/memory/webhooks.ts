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
      for (const delivery of state.deliveries.values()) {
        if (delivery.lane !== lane) continue;
        if (delivery.state === "pending") account.pending -= 1;
        state.deliveries.delete(delivery.id);
        delivery.event.deliveries.splice(delivery.event.deliveries.indexOf(delivery), 1);
      }
      return true;
    },
    async list({ account }, page) {
      const all = state.hot.lanes().map(({ record }) => record);
      return pageOf(
        all.filter((record) => account === undefined || record.account === account),
        page,
      );
    },
    async gates(id) {
      const lane = state.hot.lane(id);
      if (lane === undefined) return [];
      const now = state.now();
      return [...closedGates(lane.gates, "webhook", now), ...closedGates(lane.account.gates, "account", now)];
    },
  };
}
