import { createEvent, TestStore, createWebhook } from "@heron-webhooks/conformance/store";
import { type ManualClock, manualClock } from "@heron-webhooks/core/testing";
import type { Claim } from "@heron-webhooks/sender";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestSchema } from "../test-schema.ts";

/** For how long a process is believed to be there, and more than it takes to look for news. */
const LEASE_MS = 30_000;

let schema: TestSchema;
let clock: ManualClock;
let opened: TestStore[];

beforeEach(() => {
  schema = new TestSchema();
  clock = manualClock();
  opened = [];
});

afterEach(async () => {
  for (const { store } of opened) await store.close();
  await schema.end();
});

/** One more process. Each looks for news whenever it claims. */
function startProcess(pollMs = 1): TestStore {
  const store = schema.store({ clock, leaseMs: LEASE_MS, pollMs });
  const joined = new TestStore({ store, advance: (ms) => clock.advance(ms) });
  opened.push(joined);
  return joined;
}

/** Joins, and is one of those that may have webhooks. */
async function startClaimingProcess(pollMs?: number): Promise<TestStore> {
  const joined = startProcess(pollMs);
  await joined.claim(1);
  return joined;
}

/** What is claimed by these, in several rounds. */
async function claimInRounds(...processes: readonly TestStore[]): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (let round = 0; round < 4; round++) {
    await clock.advance(5);
    for (const one of processes) claims.push(...(await one.claim(100)));
  }
  return claims;
}

test("a lease of a process that was buried is none that it has later", async () => {
  const [one, other] = [await startClaimingProcess(), await startClaimingProcess()];
  await one.create(
    createWebhook({ id: "first", topics: ["first.*"] }),
    createWebhook({ id: "second", topics: ["second.*"] }),
  );
  await one.publish(createEvent({ topic: "first.a" }));
  const [before] = await claimInRounds(one);
  await clock.advance(LEASE_MS + 1);
  expect(await claimInRounds(other)).toHaveLength(1);
  expect(await claimInRounds(one)).toEqual([]);
  await one.publish(createEvent({ topic: "second.a" }));
  const [after] = await claimInRounds(one);
  if (before === undefined || after === undefined) throw new Error("nothing was claimed");
  expect(after.webhook).toBe("second");
  expect(await one.complete(before)).toEqual([before.lease]);
  expect(await one.complete(after)).toEqual([]);
  const { data } = await one.store.deliveries.list({ state: "pending" }, {});
  expect(data.map(({ webhook }) => webhook)).toEqual(["first"]);
});

test("a process that comes back while it is being buried loses nothing of what it had", async () => {
  const [one, other] = [await startClaimingProcess(), await startClaimingProcess()];
  await one.create(createWebhook());
  await one.publish(createEvent(), createEvent());
  const before = await claimInRounds(one);
  expect(before).toHaveLength(2);
  await clock.advance(LEASE_MS + 1);
  // Something else is being done with one of the two when it is to be freed.
  const busy = await schema.pool.connect();
  await busy.query("begin");
  await busy.query(`select from ${schema.name}.owed order by id limit 1 for update`);
  await claimInRounds(other);
  await busy.query("rollback");
  busy.release();
  const after = [...before, ...(await claimInRounds(one, other))];
  for (const claim of after) for (const each of [one, other]) await each.complete(claim);
  for (const claim of await claimInRounds(one, other)) for (const each of [one, other]) await each.complete(claim);
  expect((await one.store.deliveries.list({ state: "pending" }, {})).data).toEqual([]);
});

test("a webhook that an event had before it came again is known to whoever takes it with that", async () => {
  const [one, other] = [await startClaimingProcess(), await startClaimingProcess()];
  await one.create(createWebhook({ topics: ["first.*"] }), createWebhook({ topics: ["second.*"] }));
  const again = createEvent({ topic: "first.a", id: "again", idempotent: true });
  await one.publish(again);
  for (const claim of await claimInRounds(one)) await one.retry(claim, 10_000);
  await one.store.close();
  await other.publish(again, createEvent({ topic: "second.a" }));
  await clock.advance(10_000);
  const topics = (await claimInRounds(other)).map(({ topic }) => topic);
  expect(topics.sort()).toEqual(["first.a", "second.a"]);
});

test("an account that was disabled in one process and enabled in another is enabled for both", async () => {
  const [one, other] = [await startClaimingProcess(), await startClaimingProcess()];
  await one.create(createWebhook());
  const gate = { scope: "account", id: "acme", gate: "disabled" } as const;
  await one.store.setPause({ ...gate, durationMs: "forever" });
  await other.store.setPause({ ...gate, durationMs: null });
  await one.publish(createEvent());
  expect(await claimInRounds(one, other)).toHaveLength(1);
});

test("a process that learns that it was buried when it loads more goes on as another", async () => {
  const [one, other] = [await startClaimingProcess(LEASE_MS), await startClaimingProcess()];
  await one.create(createWebhook());
  await one.publish(createEvent());
  for (const claim of await one.claim(1)) await one.retry(claim, LEASE_MS);
  await clock.advance(LEASE_MS + 1);
  const [claim] = await claimInRounds(other);
  // It has looked for news not long ago, and knows of something that is due.
  expect(await one.claim(1)).toEqual([]);
  await other.store.close();
  expect(await claimInRounds(one)).toMatchObject([{ delivery: claim?.delivery, attempts: 1 }]);
});
