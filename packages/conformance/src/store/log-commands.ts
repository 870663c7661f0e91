import fc from "fast-check";
import { expect } from "vitest";
import type { ExpiredDelivery, RecoverResult, Store } from "../../../engine/src/index.ts";
import { type Command, createCommand } from "./model-run.ts";
import { webhookExists } from "./record-commands.ts";

/** Any delivery, most often a recent one. */
export const retryDelivery: fc.Arbitrary<Command> = fc.nat(5).map((n) =>
  createCommand(
    `retryDelivery(${-1 - n})`,
    async (model, { store }) => {
      const delivery = model.deliveries.at(-1 - n);
      const isCompleted = delivery !== undefined && delivery.state !== "pending";
      expect(await store.deliveries.retry(delivery?.id ?? "dlv_unknown")).toBe(isCompleted);
      if (isCompleted) model.requeue(delivery);
    },
    ({ deliveries }) => deliveries.length > 0,
  ),
);

/** In steps of up to `max`; the order is up to the store. */
export const recover: fc.Arbitrary<Command> = fc
  .tuple(fc.constantFrom(1, 2, 3, 4, 4, 5), fc.constantFrom(0, 50, 1000, 100_000), fc.constantFrom(1, 100))
  .map(([n, sinceMs, max]) =>
    createCommand(
      `recover(${n}, since ${sinceMs}, at most ${max})`,
      async (model, { store }) => {
        const id = model.webhookId(n);
        const webhook = model.webhook(id);
        if (webhook === undefined) throw new Error(`${id} does not exist`);
        const of = webhook.record.account;
        const events = model.events.filter(
          ({ event, publishedAt }) => event.account === of && publishedAt >= model.now - sinceMs,
        );
        const existing = model.deliveries.filter((delivery) => delivery.webhook === id);
        const dead = existing.filter(({ state, event }) => state === "dead" && events.includes(event));
        const missed = events.filter(
          (candidate) =>
            candidate.event.webhook === null &&
            model.matchesEvent(webhook, candidate.event, candidate.user) &&
            !existing.some(({ event }) => event === candidate),
        );
        const recovered = await recoverCompletely(store, id, sinceMs, max);
        const capacity = Math.max(0, model.maxPending - model.countPending(of));
        expect(recovered, "how many were recovered").toBe(Math.min(capacity, dead.length + missed.length));
        const { data } = await store.deliveries.list({ webhook: id, state: "pending" }, { limit: 1000 });
        const requeued = dead.filter((delivery) => data.some((item) => item.id === delivery.id));
        for (const delivery of requeued) model.requeue(delivery);
        const isNew = (item: { readonly id: string }): boolean =>
          !existing.some((delivery) => delivery.id === item.id);
        const added = [...data].reverse().filter(isNew);
        for (const { event } of added) {
          const missedEvent = missed.find((candidate) => candidate.event.id === event.id);
          expect(missedEvent, `the event ${event.id}, which was missed`).toBeDefined();
          if (missedEvent !== undefined) model.addPending(missedEvent, id);
        }
        expect(requeued.length + added.length).toBe(recovered);
      },
      webhookExists(n),
    ),
  );

async function recoverCompletely(store: Store, id: string, sinceMs: number, max: number): Promise<number> {
  let total = 0;
  for (let cursor: string | null = null; ; ) {
    const { recovered, nextCursor }: RecoverResult = await store.deliveries.recover(id, sinceMs, max, cursor);
    expect(recovered, "how many were recovered in one step").toBeLessThanOrEqual(max);
    total += recovered;
    if (nextCursor === null) return total;
    cursor = nextCursor;
  }
}

export const expire: fc.Arbitrary<Command> = fc
  .tuple(fc.constantFrom(0, 50, 1000), fc.constantFrom(1, 100))
  .map(([olderThanMs, max]) =>
    createCommand(`expire(${olderThanMs}, ${max})`, async (model, { store }) => {
      const leased = model.getLiveLeases().map(({ delivery }) => delivery);
      const overdue = model.deliveries.filter(
        (delivery) =>
          delivery.state === "pending" &&
          delivery.dueAt <= model.now - olderThanMs &&
          !leased.includes(delivery),
      );
      const expired = await expireCompletely(store, olderThanMs, max);
      for (const delivery of overdue) Object.assign(delivery, { state: "dead", reason: "expired" });
      const expected = overdue.map(({ id, webhook, event: { event }, attempts }) => ({
        delivery: id,
        webhook,
        account: event.account,
        topic: event.topic,
        attemptCount: attempts.length,
      }));
      expect(new Set(expired)).toEqual(new Set(expected));
    }),
  );

async function expireCompletely(
  store: Store,
  olderThanMs: number,
  max: number,
): Promise<readonly ExpiredDelivery[]> {
  const expiredDeliveries: ExpiredDelivery[] = [];
  for (let isDone = false; !isDone; ) {
    const step = await store.expire(olderThanMs, max);
    expect(step.expired.length, "how many expired in one step").toBeLessThanOrEqual(max);
    expiredDeliveries.push(...step.expired);
    isDone = step.isDone;
  }
  return expiredDeliveries;
}

export const prune: fc.Arbitrary<Command> = fc
  .tuple(fc.constantFrom(0, 50, 1000), fc.constantFrom(1, 100))
  .map(([olderThanMs, max]) =>
    createCommand(`prune(${olderThanMs}, ${max})`, async (model, { store }) => {
      const pending = model.deliveries.filter(({ state }) => state === "pending");
      const old = model.events.filter(
        (event) =>
          event.publishedAt < model.now - olderThanMs &&
          !pending.some((delivery) => delivery.event === event),
      );
      expect(await pruneCompletely(store, olderThanMs, max)).toBe(old.length);
      model.events = model.events.filter((event) => !old.includes(event));
      model.deliveries = model.deliveries.filter(({ event }) => !old.includes(event));
    }),
  );

async function pruneCompletely(store: Store, maxAgeMs: number, max: number): Promise<number> {
  let total = 0;
  for (let isDone = false; !isDone; ) {
    const step = await store.prune({ maxAgeMs, maxBytes: Number.POSITIVE_INFINITY }, max);
    expect(step.pruned, "how many were pruned in one step").toBeLessThanOrEqual(max);
    total += step.pruned;
    isDone = step.isDone;
  }
  return total;
}
