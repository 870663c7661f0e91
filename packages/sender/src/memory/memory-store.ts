import { type Clock, HeronError, systemClock } from "@heron-webhooks/core";
import { MOST_PENDING, tooManyPending } from "../limits.ts";
import type { HotLane } from "../schedule/hot-delivery.ts";
import type { NewEvent, Published, Settlement, Store } from "../store/store.ts";
import { isSubscribed } from "../topics/subscribed.ts";
import { expire, prune } from "./ageing.ts";
import { memoryDeliveries } from "./deliveries.ts";
import { type Account, State, type StoredEvent } from "./state.ts";
import { memoryUsers } from "./users.ts";
import { memoryWebhooks } from "./webhooks.ts";

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
      const published = events.map((event) => publishOne(state, event, maxPending));
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

function publishOne(state: State, event: NewEvent, maxPending: number): Published {
  const account = state.account(event.account);
  const known = event.idempotent ? account.events.get(event.id) : undefined;
  if (known !== undefined) return { id: event.id, deliveries: known.made, duplicate: true };
  const lanes = lanesOf(account, event);
  if (account.pending + lanes.length > maxPending)
    return { id: event.id, refused: tooManyPending(account.pending, maxPending) };
  const now = state.now();
  const { topic, body, traceparent = null } = event;
  const properties = event.user === null ? undefined : account.users.get(event.user);
  const user = properties === undefined ? null : JSON.stringify(properties);
  const stored: StoredEvent = {
    event,
    hot: { topic, body, user, traceparent },
    at: now,
    made: lanes.length,
    deliveries: [],
  };
  account.events.set(event.id, stored);
  state.bytes += body.length;
  for (const lane of lanes) state.addDelivery(stored, lane, now);
  return { id: event.id, deliveries: lanes.length, duplicate: false };
}

/** The webhooks that an event is for. A disabled one that was asked for by name has it all the same. */
function lanesOf({ lanes }: Account, { webhook, topic }: NewEvent): readonly HotLane[] {
  return [...lanes].filter(({ record }) =>
    webhook === null
      ? record.enabled && record.topics.some((pattern) => isSubscribed(pattern, topic))
      : record.id === webhook,
  );
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
