import { createEvent, LEASE_MS, createWebhook } from "@heron-webhooks/conformance/store";
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

/** A store as another process would have it. */
function openStore(): Store {
  const store = schema.store({ clock, pollMs: 1, leaseMs: LEASE_MS });
  stores.push(store);
  return store;
}

/** After long enough for any process to look what is new. */
const claimAfterPoll = async (store: Store, max = 100): Promise<readonly Claim[]> => {
  await clock.advance(2);
  return store.claim({ claimant: "any", max, leaseMs: LEASE_MS });
};
const completeDelivered = (store: Store, claims: readonly Claim[]): Promise<readonly string[]> =>
  store.complete(
    claims.map(({ lease }) => ({
      lease,
      settled: { state: "delivered" as const },
      attempt: { status: 200, ms: 1, reason: null, answer: null },
    })),
  );

test("what one publishes another delivers, and the concurrency of a webhook holds over both", async () => {
  const [one, two] = [openStore(), openStore()];
  await one.webhooks.create(createWebhook({ concurrency: 3 }), 10);
  await one.publish(Array.from({ length: 10 }, () => createEvent()));
  const first = await claimAfterPoll(two);
  expect(first).toHaveLength(3);
  expect(await claimAfterPoll(one)).toEqual([]);
  await one.publish([createEvent()]);
  expect(await claimAfterPoll(one)).toEqual([]);
  await completeDelivered(two, first.slice(1));
  expect(await claimAfterPoll(two)).toHaveLength(2);
});

test("a process that was not heard of for a lease loses what it has, and what it settles then is refused", async () => {
  const [one, two] = [openStore(), openStore()];
  await one.webhooks.create(createWebhook(), 10);
  await one.publish([createEvent(), createEvent()]);
  const lost = await claimAfterPoll(one);
  expect(lost).toHaveLength(2);
  expect(await claimAfterPoll(two)).toEqual([]);
  await clock.advance(LEASE_MS + 1);
  const again = await claimAfterPoll(two);
  expect(again.map(({ delivery }) => delivery)).toEqual(lost.map(({ delivery }) => delivery));
  expect(await completeDelivered(one, lost)).toEqual(lost.map(({ lease }) => lease));
  expect(await completeDelivered(two, again)).toEqual([]);
  expect(await claimAfterPoll(one)).toEqual([]);
  // It is there again, as another.
  await one.publish([createEvent()]);
  expect([...(await claimAfterPoll(one)), ...(await claimAfterPoll(two))]).toHaveLength(1);
});

test("a change, a gate and a removal reach the process that has the webhook", async () => {
  const [one, two] = [openStore(), openStore()];
  const own = createWebhook({ concurrency: 1 });
  await one.webhooks.create(own, 10);
  await one.publish([createEvent(), createEvent(), createEvent()]);
  const [first] = await claimAfterPoll(one);
  await two.webhooks.update(own.id, 1, { concurrency: 2 });
  expect(await claimAfterPoll(one)).toMatchObject([{ version: 2 }]);
  await two.setPause({ scope: "account", id: own.account, reason: "disabled", durationMs: "forever" });
  if (first !== undefined) await completeDelivered(one, [first]);
  expect(await claimAfterPoll(one)).toEqual([]);
  await two.setPause({ scope: "account", id: own.account, reason: "disabled", durationMs: null });
  expect(await claimAfterPoll(one)).toHaveLength(1);
  expect(await two.webhooks.delete(own.id)).toBe(true);
  expect(await claimAfterPoll(one)).toEqual([]);
  expect(await one.nextDueIn()).toBeNull();
});

test("who has more than it can do leaves webhooks to one that has nothing", async () => {
  const [busy, idle] = [openStore(), openStore()];
  const webhooks = Array.from({ length: 8 }, () => createWebhook({ topics: ["**"], concurrency: 100 }));
  for (const one of webhooks) await busy.webhooks.create(one, 100);
  await claimAfterPoll(busy);
  for (let i = 0; i < 10; i++) await busy.publish([createEvent()]);
  expect(await claimAfterPoll(idle)).toEqual([]);
  const claims = [...(await claimAfterPoll(busy, 8))];
  expect(new Set(claims.map(({ webhook: of }) => of)).size).toBe(8);
  // All eight have something under way: nothing of them is left before that has ended.
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

test("who closes leaves what it has to others at once", async () => {
  const [one, two] = [openStore(), openStore()];
  await one.webhooks.create(createWebhook(), 10);
  await claimAfterPoll(one);
  await one.publish([createEvent(), createEvent()]);
  expect(await claimAfterPoll(two)).toEqual([]);
  await one.close();
  expect(await claimAfterPoll(two)).toHaveLength(2);
});
