import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { DeliveryFilter, DeliveryRecord, Store } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import type { ModelDelivery, ModelPauses } from "./model-records.ts";

/** Everything that a store returns must match the model. */
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
  // New deliveries have no id yet: they are compared after the next command.
  const listedDeliveries = model.deliveries.filter(({ id }) => id !== null);
  // Concurrently, which is one round trip to a store with its own thread. Round trips are slow on a busy machine.
  const [lists, nextDueIn, webhooks, pauses, found] = await Promise.all([
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
      { data: records.filter((record) => matchesFilter(record, filter)), nextCursor: null },
      `deliveries of ${JSON.stringify(filter)}`,
    );
  expectNextDueIn(model, nextDueIn);
  expectSame(
    webhooks.data,
    model.webhooks.map(({ record }) => record),
    "webhooks",
  );
  for (const [i, { record, pauses: webhookPauses }] of model.webhooks.entries())
    expect(new Set(pauses[i]), `pauses of ${record.id}`).toEqual(
      new Set([
        ...toExpectedPauses(webhookPauses, "webhook", model.now),
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

/** `nextDueIn` may be early, but never late. */
export function expectNextDueIn(model: Model, nextDueIn: number | null): void {
  const next = model.getNextClaimableAt();
  if (next !== null) {
    expect(nextDueIn, "nextDueIn").not.toBeNull();
    expect(nextDueIn, "nextDueIn").toBeLessThanOrEqual(next - model.now);
  }
  if (nextDueIn !== null) expect(nextDueIn, "nextDueIn").toBeGreaterThanOrEqual(0);
}

/** Takes the ids of new deliveries from the store, which must not reuse an id. */
function assignIds(model: Model, listed: readonly DeliveryRecord[]): void {
  for (const delivery of model.deliveries) {
    if (delivery.id === null)
      delivery.id =
        listed.find(
          ({ event, webhook }) => event.id === delivery.event.event.id && webhook === delivery.webhook,
        )?.id ?? null;
    if (delivery.id === null) continue;
    const known = model.deliveryById.get(delivery.id) ?? delivery;
    expect(known === delivery, `${delivery.id} is unique`).toBe(true);
    model.deliveryById.set(delivery.id, known);
  }
}

/** `toEqual` alone would take most of the time of a run. */
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

function toExpectedPauses(pauses: ModelPauses, scope: "webhook" | "account", now: number): readonly object[] {
  return [...pauses]
    .filter(([, until]) => until > now)
    .map(([reason, until]) => ({
      reason,
      scope,
      remainingMs: until === Number.POSITIVE_INFINITY ? null : until - now,
    }));
}
