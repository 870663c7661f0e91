import { createEvent, createWebhook, LEASE_MS } from "@heron-webhooks/conformance/store";
import { manualClock } from "@heron-webhooks/core/testing";
import type { Claim, Store } from "@heron-webhooks/sender";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestSchema } from "./test-schema.ts";

let schema: TestSchema;
let clock: ReturnType<typeof manualClock>;
let stores: Store[];

beforeEach(() => {
  schema = new TestSchema();
  clock = manualClock();
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  await schema.end();
});

/** A store as in another process. */
function openStore(): Store {
  const store = schema.store({ clock, pollInterval: 1, leaseDuration: LEASE_MS });
  stores.push(store);
  return store;
}

/** Claims after the poll interval. */
const claimAfterPoll = async (store: Store, max = 100): Promise<readonly Claim[]> => {
  await clock.advance(2);
  return store.claim({ claimant: "any", max, leaseMs: LEASE_MS });
};
const completeDelivered = (store: Store, claims: readonly Claim[]): Promise<readonly string[]> =>
  store.complete(
    claims.map(({ lease }) => ({
      lease,
      completion: { state: "delivered" as const },
      attempt: { responseStatus: 200, durationMs: 1, reason: null, responseBody: null },
    })),
  );

test("one process delivers what another published, within the concurrency of the webhook over both", async () => {
  const [storeA, storeB] = [openStore(), openStore()];
  await storeA.webhooks.create(createWebhook({ concurrency: 3 }), 10);
  await storeA.publish(Array.from({ length: 10 }, () => createEvent()));
  const first = await claimAfterPoll(storeB);
  expect(first).toHaveLength(3);
  expect(await claimAfterPoll(storeA)).toEqual([]);
  await storeA.publish([createEvent()]);
  expect(await claimAfterPoll(storeA)).toEqual([]);
  await completeDelivered(storeB, first.slice(1));
  expect(await claimAfterPoll(storeB)).toHaveLength(2);
});

test("a process without a heartbeat for a lease loses its deliveries, and their results are rejected", async () => {
  const [storeA, storeB] = [openStore(), openStore()];
  await storeA.webhooks.create(createWebhook(), 10);
  await storeA.publish([createEvent(), createEvent()]);
  const lost = await claimAfterPoll(storeA);
  expect(lost).toHaveLength(2);
  expect(await claimAfterPoll(storeB)).toEqual([]);
  await clock.advance(LEASE_MS + 1);
  const reclaimed = await claimAfterPoll(storeB);
  expect(reclaimed.map(({ delivery }) => delivery)).toEqual(lost.map(({ delivery }) => delivery));
  expect(await completeDelivered(storeA, lost)).toEqual(lost.map(({ lease }) => lease));
  expect(await completeDelivered(storeB, reclaimed)).toEqual([]);
  expect(await claimAfterPoll(storeA)).toEqual([]);
  // It has registered again, with a new id.
  await storeA.publish([createEvent()]);
  expect([...(await claimAfterPoll(storeA)), ...(await claimAfterPoll(storeB))]).toHaveLength(1);
});

test("a change, a pause and a deletion reach the process that owns the webhook", async () => {
  const [storeA, storeB] = [openStore(), openStore()];
  const own = createWebhook({ concurrency: 1 });
  await storeA.webhooks.create(own, 10);
  await storeA.publish([createEvent(), createEvent(), createEvent()]);
  const [first] = await claimAfterPoll(storeA);
  await storeB.webhooks.update(own.id, 1, { concurrency: 2 });
  expect(await claimAfterPoll(storeA)).toMatchObject([{ version: 2 }]);
  await storeB.setPause({ scope: "account", id: own.account, reason: "disabled", durationMs: "forever" });
  if (first !== undefined) await completeDelivered(storeA, [first]);
  expect(await claimAfterPoll(storeA)).toEqual([]);
  await storeB.setPause({ scope: "account", id: own.account, reason: "disabled", durationMs: null });
  expect(await claimAfterPoll(storeA)).toHaveLength(1);
  expect(await storeB.webhooks.delete(own.id)).toBe(true);
  expect(await claimAfterPoll(storeA)).toEqual([]);
  expect(await storeA.nextDueIn()).toBeNull();
});

test("an overloaded process releases webhooks to an idle one", async () => {
  const [busy, idle] = [openStore(), openStore()];
  const webhooks = Array.from({ length: 8 }, () => createWebhook({ topics: ["**"], concurrency: 100 }));
  for (const webhook of webhooks) await busy.webhooks.create(webhook, 100);
  await claimAfterPoll(busy);
  for (let i = 0; i < 10; i++) await busy.publish([createEvent()]);
  expect(await claimAfterPoll(idle)).toEqual([]);
  const claims = [...(await claimAfterPoll(busy, 8))];
  expect(new Set(claims.map(({ webhook: of }) => of)).size).toBe(8);
  // All eight have attempts in flight: they are not released before these have ended.
  claims.push(...(await claimAfterPoll(busy, 2)));
  expect(await claimAfterPoll(idle)).toEqual([]);
  await completeDelivered(busy, claims);
  const last = await claimAfterPoll(busy, 1);
  const taken = await claimAfterPoll(idle, 1000);
  expect(new Set(taken.map(({ webhook: of }) => of)).size).toBe(4);
  const rest = [...(await claimAfterPoll(busy, 1000)), ...(await claimAfterPoll(idle, 1000))];
  const deliveryIds = [...claims, ...last, ...taken, ...rest].map(({ delivery }) => delivery);
  expect([deliveryIds.length, new Set(deliveryIds).size]).toEqual([80, 80]);
});

test("closing releases the webhooks to others at once", async () => {
  const [storeA, storeB] = [openStore(), openStore()];
  await storeA.webhooks.create(createWebhook(), 10);
  await claimAfterPoll(storeA);
  await storeA.publish([createEvent(), createEvent()]);
  expect(await claimAfterPoll(storeB)).toEqual([]);
  await storeA.close();
  expect(await claimAfterPoll(storeB)).toHaveLength(2);
});
