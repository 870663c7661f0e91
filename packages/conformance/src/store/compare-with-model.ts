import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { DeliveryFilter, DeliveryRecord, Store } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import type { ModelDelivery, ModelPauses } from "./model-records.ts";

/** Everything that a store can be asked for must be as the model has it. */
export async function compareWithModel(model: Model, store: Store): Promise<void> {
  const page = { limit: 1000 };
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
  const listedDeliveries = model.deliveries.filter(({ id }) => id !== null);
  // All at once, which is one step of a store with a thread of its own: on a busy machine each step is a wait.
  const [lists, nextDueIn, webhooks, gates, found] = await Promise.all([
    Promise.all(filters.map((filter) => store.deliveries.list(filter, page))),
    store.nextDueIn(),
    store.webhooks.list({}, page),
    Promise.all(model.webhooks.map(({ record }) => store.webhooks.pauses(record.id))),
    Promise.all(listedDeliveries.map(({ id }) => store.deliveries.get(id ?? ""))),
  ]);
  const [first] = lists;
  assignIds(model, first?.data ?? []);
  const records = model.deliveries.map((delivery) => toExpectedRecord(model, delivery)).reverse();
  for (const [i, filter] of filters.entries())
    expectSame(
      lists[i],
      { items: records.filter((record) => matchesFilter(record, filter)), next: null },
      `deliveries of ${JSON.stringify(filter)}`,
    );
  expectNextDueIn(model, nextDueIn);
  expectSame(
    webhooks.data,
    model.webhooks.map(({ record }) => record),
    "webhooks",
  );
  for (const [i, { record, pauses: own }] of model.webhooks.entries())
    expect(new Set(gates[i]), `gates of ${record.id}`).toEqual(
      new Set([
        ...toExpectedPauses(own, "webhook", model.now),
        ...toExpectedPauses(model.getPauses(record.account), "account", model.now),
      ]),
    );
  expectSame(
    found.map((log) => log && { ...log, user: log.user === null ? null : JSON.parse(log.user) }),
    listedDeliveries.map((delivery) => ({
      delivery: toExpectedRecord(model, delivery),
      attempts: delivery.attempts,
      body: delivery.event.event.body,
      user: delivery.event.user,
    })),
    "deliveries with their attempts",
  );
}

/** A hint may be early, and is never late. */
export function expectNextDueIn(model: Model, nextDueIn: number | null): void {
  const next = model.getNextClaimableAt();
  if (next !== null) {
    expect(nextDueIn, "nextDueIn").not.toBeNull();
    expect(nextDueIn, "nextDueIn").toBeLessThanOrEqual(next - model.now);
  }
  if (nextDueIn !== null) expect(nextDueIn, "nextDueIn").toBeGreaterThanOrEqual(0);
}

/** The store alone names deliveries, each by a name that it never gave before. */
function assignIds(model: Model, listed: readonly DeliveryRecord[]): void {
  for (const delivery of model.deliveries) {
    if (delivery.id === null)
      delivery.id =
        listed.find(
          ({ event, webhook }) => event.id === delivery.event.event.id && webhook === delivery.webhook,
        )?.id ?? null;
    if (delivery.id === null) continue;
    const known = model.deliveryById.get(delivery.id) ?? delivery;
    expect(known === delivery, `${delivery.id} is the name of one delivery alone`).toBe(true);
    model.deliveryById.set(delivery.id, known);
  }
}

/** As `toEqual`, which alone would take most of a run's time. */
function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, what).toEqual(expected);
}

function matchesFilter({ webhook, account, state }: DeliveryRecord, filter: DeliveryFilter): boolean {
  return (
    (filter.webhook === undefined || filter.webhook === webhook) &&
    (filter.account === undefined || filter.account === account) &&
    (filter.state === undefined || filter.state === state)
  );
}

function toExpectedRecord({ now }: Model, delivery: ModelDelivery): DeliveryRecord {
  const { id, event, webhook, state, dueAt, attempts, reason } = delivery;
  const last = attempts.at(-1);
  return {
    id: id ?? "not listed",
    webhook,
    account: event.event.account,
    event: { id: event.event.id, topic: event.event.topic, publishedAt: event.publishedAt },
    state,
    attemptCount: attempts.length,
    nextAttemptInMs: state === "pending" ? Math.max(0, dueAt - now) : null,
    responseStatus: last?.responseStatus ?? null,
    durationMs: last?.durationMs ?? null,
    reason: state === "dead" ? reason : (last?.reason ?? null),
  };
}

function toExpectedPauses(gates: ModelPauses, scope: "webhook" | "account", now: number): readonly object[] {
  return [...gates]
    .filter(([, until]) => until > now)
    .map(([gate, until]) => ({
      gate,
      scope,
      closedMs: until === Number.POSITIVE_INFINITY ? null : until - now,
    }));
}
