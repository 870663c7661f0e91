import { HeronError } from "@heron-webhooks/core";
import { getActivePauses } from "../../queue/webhook-queue.ts";
import { getPageLimit } from "../page.ts";
import type { WebhookStore } from "../record-stores.ts";
import type { WebhookRecord } from "../records.ts";
import type { MemoryState } from "./state.ts";

export function createMemoryWebhooks(state: MemoryState): WebhookStore {
  return {
    async create(webhook, max) {
      if (state.getAccount(webhook.account).queues.size >= max)
        throw new HeronError(
          "limit_reached",
          `The account has reached its limit of ${max} webhooks. Delete one first.`,
        );
      state.addWebhook(webhook);
    },
    async get(id) {
      return state.localQueue.getQueue(id)?.record ?? null;
    },
    async update(id, version, change) {
      const queue = state.localQueue.getQueue(id);
      if (queue === undefined || queue.record.version !== version) return null;
      state.localQueue.updateWebhook({ ...queue.record, ...change, version: version + 1 }, state.now());
      return queue.record;
    },
    async delete(id) {
      const queue = state.localQueue.getQueue(id);
      if (queue === undefined) return false;
      const account = state.getAccount(queue.record.account);
      account.queues.delete(queue);
      state.localQueue.removeQueue(id);
      state.webhookOrder.delete(id);
      for (const delivery of state.deliveries.values()) {
        if (delivery.queue !== queue) continue;
        if (delivery.state === "pending") account.pendingCount -= 1;
        state.deliveries.delete(delivery.id);
        delivery.event.deliveries.splice(delivery.event.deliveries.indexOf(delivery), 1);
      }
      return true;
    },
    async list({ account }, page) {
      // Compared by order: the cursor's webhook may have been deleted.
      const after = Number(page.cursor ?? 0);
      const limit = getPageLimit(page);
      const matches = [...state.webhookOrder]
        .filter(
          ([id, position]) =>
            position > after && (account === undefined || findRecord(state, id)?.account === account),
        )
        .slice(0, limit + 1);
      const data = matches.slice(0, limit).flatMap(([id]) => findRecord(state, id) ?? []);
      return { data, nextCursor: matches.length > limit ? String(matches[limit - 1]?.[1]) : null };
    },
    async pauses(id) {
      const queue = state.localQueue.getQueue(id);
      if (queue === undefined) return [];
      const now = state.now();
      return [
        ...getActivePauses(queue.pauses, "webhook", now),
        ...getActivePauses(queue.account.pauses, "account", now),
      ];
    },
  };
}

function findRecord(state: MemoryState, id: string): WebhookRecord | undefined {
  return state.localQueue.getQueue(id)?.record;
}
