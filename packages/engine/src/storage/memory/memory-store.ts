import { type Clock, HeronError, systemClock } from "@heron-webhooks/core";
import { MOST_PENDING } from "../../limits.ts";
import type { Settlement, Store } from "../store.ts";
import { expire, prune } from "./ageing.ts";
import { memoryDeliveries } from "./deliveries.ts";
import { memoryLabels } from "./labels.ts";
import { publish } from "./publish.ts";
import { State } from "./state.ts";
import { memoryUsers } from "./users.ts";
import { memoryWebhooks } from "./webhooks.ts";
import { memoryWriteKeys } from "./write-keys.ts";

export interface MemoryStoreOptions {
  /** For tests. Default: the system's clock. */
  readonly clock?: Pick<Clock, "now">;
  /** The most pending deliveries of an account. Default 1,000,000. */
  readonly maxPending?: number;
}

/** A store for tests: it keeps every promise of a store but that of outliving its process. */
export function memoryStore({
  clock = systemClock,
  maxPending = MOST_PENDING,
}: MemoryStoreOptions = {}): Store {
  const state = new State(clock);
  return {
    name: "memory",
    async publish(events, { tx, room } = {}) {
      if (tx !== undefined)
        throw new HeronError(
          "tx_unsupported",
          "A memory store cannot join a transaction: take PostgreSQL for that.",
        );
      const published = events.map((event) => publish(state, event, maxPending));
      return { published, claims: room === undefined ? [] : state.hot.claim(room, state.now()) };
    },
    async claim(request) {
      return state.hot.claim(request, state.now());
    },
    async settle(settlements) {
      return settlements.filter((settlement) => !settleOne(state, settlement)).map(({ lease }) => lease);
    },
    async renew(leases, leaseMs) {
      return leases.filter((lease) => !state.hot.renew(lease, leaseMs, state.now()));
    },
    async gate(change) {
      state.hot.gate(change, state.now());
    },
    async nextDueIn() {
      return state.hot.nextIn(state.now());
    },
    webhooks: memoryWebhooks(state),
    users: memoryUsers(state),
    deliveries: memoryDeliveries(state, maxPending),
    labels: memoryLabels(state),
    writeKeys: memoryWriteKeys(state),
    async expire(olderThanMs, max) {
      return expire(state, olderThanMs, max);
    },
    async prune(keep, max) {
      return prune(state, keep, max);
    },
    async migrate() {},
    async close() {},
  };
}

/** Whether the lease was live, and it was settled. */
function settleOne(state: State, { lease, settled, attempt }: Settlement): boolean {
  const now = state.now();
  const live = state.hot.settling(lease, now);
  const delivery = live === undefined ? undefined : state.deliveries.get(live.delivery.id);
  if (live === undefined || delivery === undefined) return false;
  state.hot.end(live);
  if (attempt !== null) delivery.attempts.push({ ...attempt, number: delivery.attempts.length + 1, at: now });
  if (settled.state === "retry") state.wait(delivery, now + settled.delayMs);
  else if (settled.state === "release") state.wait(delivery, delivery.due);
  else state.finish(delivery, settled.state, settled.state === "dead" ? settled.reason : null);
  return true;
}
