import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { DeliveryFilter, DeliveryRecord, Store } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import type { ModelDelivery, ModelGates } from "./model-records.ts";

/** Everything that a store can be asked for must be as the model has it. */
export async function look(model: Model, store: Store): Promise<void> {
  const all = { limit: 1000 };
  const filters: readonly DeliveryFilter[] = [
    {},
    { state: "pending" },
    { state: "delivered" },
    { state: "dead" },
    { account: "a" },
    { webhook: model.webhookId(1) },
    { webhook: model.webhookId(3), state: "pending" },
    { webhook: model.webhookId(2), state: "dead" },
  ];
  // Those that were just made have no name yet: they are looked at after the next command.
  const known = model.deliveries.filter(({ id }) => id !== null);
  // All at once, which is one step of a store with a thread of its own: on a busy machine each step is a wait.
  const [lists, nextDueIn, webhooks, gates, found] = await Promise.all([
    Promise.all(filters.map((filter) => store.deliveries.list(filter, all))),
    store.nextDueIn(),
    store.webhooks.list({}, all),
    Promise.all(model.webhooks.map(({ record }) => store.webhooks.gates(record.id))),
    Promise.all(known.map(({ id }) => store.deliveries.get(id ?? ""))),
  ]);
  const [first] = lists;
  learnIds(model, first?.items ?? []);
  const records = model.deliveries.map((delivery) => recordOf(model, delivery)).reverse();
  for (const [i, filter] of filters.entries())
    same(
      lists[i],
      { items: records.filter((record) => isOf(record, filter)), next: null },
      `deliveries of ${JSON.stringify(filter)}`,
    );
  checkHint(model, nextDueIn);
  same(
    webhooks.items,
    model.webhooks.map(({ record }) => record),
    "webhooks",
  );
  for (const [i, { record, gates: own }] of model.webhooks.entries())
    expect(new Set(gates[i]), `gates of ${record.id}`).toEqual(
      new Set([
        ...closed(own, "webhook", model.now),
        ...closed(model.gatesOf(record.account), "account", model.now),
      ]),
    );
  same(
    found.map((log) => log && { ...log, user: log.user === null ? null : JSON.parse(log.user) }),
    known.map((delivery) => ({
      delivery: recordOf(model, delivery),
      attempts: delivery.attempts,
      body: delivery.event.event.body,
      user: delivery.event.user,
    })),
    "deliveries with their attempts",
  );
}

/** A hint may be early, and is never late. */
export function checkHint(model: Model, nextDueIn: number | null): void {
  const next = model.nextMoment();
  if (next !== null) {
    expect(nextDueIn, "nextDueIn").not.toBeNull();
    expect(nextDueIn, "nextDueIn").toBeLessThanOrEqual(next - model.now);
  }
  if (nextDueIn !== null) expect(nextDueIn, "nextDueIn").toBeGreaterThanOrEqual(0);
}

/** The store alone names deliveries, each by a name that it never gave before. */
function learnIds(model: Model, listed: readonly DeliveryRecord[]): void {
  for (const delivery of model.deliveries) {
    if (delivery.id === null)
      delivery.id =
        listed.find(
          ({ event, webhook }) => event.id === delivery.event.event.id && webhook === delivery.webhook,
        )?.id ?? null;
    if (delivery.id === null) continue;
    const known = model.named.get(delivery.id) ?? delivery;
    expect(known === delivery, `${delivery.id} is the name of one delivery alone`).toBe(true);
    model.named.set(delivery.id, known);
  }
}

/** As `toEqual`, which alone would take most of a run's time. */
function same(given: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(given, expected)) expect(given, what).toEqual(expected);
}

function isOf({ webhook, account, state }: DeliveryRecord, filter: DeliveryFilter): boolean {
  return (
    (filter.webhook === undefined || filter.webhook === webhook) &&
    (filter.account === undefined || filter.account === account) &&
    (filter.state === undefined || filter.state === state)
  );
}

function recordOf({ now }: Model, delivery: ModelDelivery): DeliveryRecord {
  const { id, event, webhook, state, due, attempts, reason } = delivery;
  const last = attempts.at(-1);
  return {
    id: id ?? "not listed",
    webhook,
    account: event.event.account,
    event: { id: event.event.id, topic: event.event.topic, published: event.at },
    state,
    attempts: attempts.length,
    dueIn: state === "pending" ? Math.max(0, due - now) : null,
    status: last?.status ?? null,
    ms: last?.ms ?? null,
    reason: state === "dead" ? reason : (last?.reason ?? null),
  };
}

function closed(gates: ModelGates, scope: "webhook" | "account", now: number): readonly object[] {
  return [...gates]
    .filter(([, until]) => until > now)
    .map(([gate, until]) => ({
      gate,
      scope,
      closedMs: until === Number.POSITIVE_INFINITY ? null : until - now,
    }));
}
