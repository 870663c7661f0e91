import { event, LEASE, webhook } from "@heron-webhooks/conformance/store";
import { manualClock } from "@heron-webhooks/core/testing";
import type { Claim, Store } from "@heron-webhooks/sender";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Schema } from "./schemas.ts";

let schema: Schema;
let clock: ReturnType<typeof manualClock>;
let stores: Store[];

beforeEach(() => {
  schema = new Schema();
  clock = manualClock();
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  await schema.end();
});

/** A store as another process would have it. */
function another(): Store {
  const store = schema.store({ clock, pollMs: 1, leaseMs: LEASE });
  stores.push(store);
  return store;
}

/** After long enough for any process to look what is new. */
const claim = async (store: Store, max = 100): Promise<readonly Claim[]> => {
  await clock.advance(2);
  return store.claim({ worker: "any", max, leaseMs: LEASE });
};
const settle = (store: Store, claims: readonly Claim[]): Promise<readonly string[]> =>
  store.settle(
    claims.map(({ lease }) => ({
      lease,
      settled: { state: "delivered" as const },
      attempt: { status: 200, ms: 1, reason: null, answer: null },
    })),
  );

test("what one publishes another delivers, and the concurrency of a webhook holds over both", async () => {
  const [one, two] = [another(), another()];
  await one.webhooks.create(webhook({ concurrency: 3 }), 10);
  await one.publish(Array.from({ length: 10 }, () => event()));
  const first = await claim(two);
  expect(first).toHaveLength(3);
  expect(await claim(one)).toEqual([]);
  await one.publish([event()]);
  expect(await claim(one)).toEqual([]);
  await settle(two, first.slice(1));
  expect(await claim(two)).toHaveLength(2);
});

test("a process that was not heard of for a lease loses what it has, and what it settles then is refused", async () => {
  const [one, two] = [another(), another()];
  await one.webhooks.create(webhook(), 10);
  await one.publish([event(), event()]);
  const lost = await claim(one);
  expect(lost).toHaveLength(2);
  expect(await claim(two)).toEqual([]);
  await clock.advance(LEASE + 1);
  const again = await claim(two);
  expect(again.map(({ delivery }) => delivery)).toEqual(lost.map(({ delivery }) => delivery));
  expect(await settle(one, lost)).toEqual(lost.map(({ lease }) => lease));
  expect(await settle(two, again)).toEqual([]);
  expect(await claim(one)).toEqual([]);
  // It is there again, as another.
  await one.publish([event()]);
  expect([...(await claim(one)), ...(await claim(two))]).toHaveLength(1);
});

test("a change, a gate and a removal reach the process that has the webhook", async () => {
  const [one, two] = [another(), another()];
  const own = webhook({ concurrency: 1 });
  await one.webhooks.create(own, 10);
  await one.publish([event(), event(), event()]);
  const [first] = await claim(one);
  await two.webhooks.update(own.id, 1, { concurrency: 2 });
  expect(await claim(one)).toMatchObject([{ version: 2 }]);
  await two.gate({ scope: "account", id: own.account, gate: "disabled", closedMs: "forever" });
  if (first !== undefined) await settle(one, [first]);
  expect(await claim(one)).toEqual([]);
  await two.gate({ scope: "account", id: own.account, gate: "disabled", closedMs: null });
  expect(await claim(one)).toHaveLength(1);
  expect(await two.webhooks.remove(own.id)).toBe(true);
  expect(await claim(one)).toEqual([]);
  expect(await one.nextDueIn()).toBeNull();
});

test("who has more than it can do leaves webhooks to one that has nothing", async () => {
  const [busy, idle] = [another(), another()];
  const webhooks = Array.from({ length: 8 }, () => webhook({ topics: ["**"], concurrency: 100 }));
  for (const one of webhooks) await busy.webhooks.create(one, 100);
  await claim(busy);
  for (let i = 0; i < 10; i++) await busy.publish([event()]);
  expect(await claim(idle)).toEqual([]);
  const claims = [...(await claim(busy, 8))];
  expect(new Set(claims.map(({ webhook: of }) => of)).size).toBe(8);
  // All eight have something under way: nothing of them is left before that has ended.
  claims.push(...(await claim(busy, 2)));
  expect(await claim(idle)).toEqual([]);
  await settle(busy, claims);
  const last = await claim(busy, 1);
  const taken = await claim(idle, 1000);
  expect(new Set(taken.map(({ webhook: of }) => of)).size).toBe(4);
  const rest = [...(await claim(busy, 1000)), ...(await claim(idle, 1000))];
  const all = [...claims, ...last, ...taken, ...rest].map(({ delivery }) => delivery);
  expect([all.length, new Set(all).size]).toEqual([80, 80]);
});

test("who closes leaves what it has to others at once", async () => {
  const [one, two] = [another(), another()];
  await one.webhooks.create(webhook(), 10);
  await claim(one);
  await one.publish([event(), event()]);
  expect(await claim(two)).toEqual([]);
  await one.close();
  expect(await claim(two)).toHaveLength(2);
});
