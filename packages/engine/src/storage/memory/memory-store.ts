import { type Clock, HeronError } from "@heron-webhooks/core";
import { systemClock } from "@heron-webhooks/core/internal";
import { MAX_PENDING_DELIVERIES } from "../../limits.ts";
import type { AttemptResult, Store } from "../store.ts";
import { createMemoryDeliveries } from "./deliveries.ts";
import { createMemoryLabels } from "./labels.ts";
import { expire, prune } from "./maintenance.ts";
import { publish } from "./publish.ts";
import { MemoryState } from "./state.ts";
import { createMemoryUsers } from "./users.ts";
import { createMemoryWebhooks } from "./webhooks.ts";
import { createMemoryWriteKeys } from "./write-keys.ts";

export interface MemoryStoreOptions {
  /** For tests. Default: the system clock. */
  readonly clock?: Pick<Clock, "now">;
  /** Pending deliveries per account. Default 1,000,000. */
  readonly maxPending?: number;
}

/** An in-memory store for tests. It passes all conformance tests of a store, but does not persist anything. */
export function memoryStore({
  clock = systemClock,
  maxPending = MAX_PENDING_DELIVERIES,
}: MemoryStoreOptions = {}): Store {
  const state = new MemoryState(clock);
  return {
    name: "memory",
    async publish(events, { tx, capacity } = {}) {
      if (tx !== undefined)
        throw new HeronError(
          "tx_unsupported",
          "The memory store cannot join a transaction. Use PostgreSQL, or leave out tx.",
        );
      const published = events.map((event) => publish(state, event, maxPending));
      return {
        published,
        claims: capacity === undefined ? [] : state.localQueue.claim(capacity, state.now()),
      };
    },
    async claim(request) {
      return state.localQueue.claim(request, state.now());
    },
    async complete(results) {
      return results.filter((result) => !completeDelivery(state, result)).map(({ lease }) => lease);
    },
    async renew(leases, leaseMs) {
      return leases.filter((lease) => !state.localQueue.renew(lease, leaseMs, state.now()));
    },
    async setPause(change) {
      state.localQueue.setPause(change, state.now());
    },
    async nextDueIn() {
      return state.localQueue.getNextClaimableIn(state.now());
    },
    webhooks: createMemoryWebhooks(state),
    users: createMemoryUsers(state),
    deliveries: createMemoryDeliveries(state, maxPending),
    labels: createMemoryLabels(state),
    writeKeys: createMemoryWriteKeys(state),
    async expire(olderThanMs, max) {
      return expire(state, olderThanMs, max);
    },
    async prune(limits, max) {
      return prune(state, limits, max);
    },
    async migrate() {},
    async close() {},
  };
}

/** Returns false if the lease was lost. */
function completeDelivery(state: MemoryState, { lease, completion, attempt }: AttemptResult): boolean {
  const now = state.now();
  const activeLease = state.localQueue.beginCompletion(lease, now);
  const delivery = activeLease === undefined ? undefined : state.deliveries.get(activeLease.delivery.id);
  if (activeLease === undefined || delivery === undefined) return false;
  state.localQueue.endLease(activeLease);
  if (attempt !== null)
    delivery.attempts.push({ ...attempt, number: delivery.attempts.length + 1, endedAt: now });
  if (completion.state === "retry") state.enqueueAt(delivery, now + completion.delayMs);
  else if (completion.state === "release") state.enqueueAt(delivery, delivery.dueAt);
  else state.finish(delivery, completion.state, completion.state === "dead" ? completion.reason : null);
  return true;
}
