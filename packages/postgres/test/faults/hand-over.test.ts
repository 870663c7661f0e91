import { createEvent, createWebhook, TestStore } from "@heron-webhooks/conformance/store";
import { type ManualClock, manualClock } from "@heron-webhooks/core/testing";
import type { Claim } from "@heron-webhooks/sender";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestSchema } from "../test-schema.ts";

/** Longer than the poll interval. */
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

/** Starts a process, which polls whenever it claims. */
function startProcess(pollInterval = 1): TestStore {
  const store = schema.store({ clock, leaseDuration: LEASE_MS, pollInterval });
  const joined = new TestStore({ store, advance: (ms) => clock.advance(ms) });
  opened.push(joined);
  return joined;
}

/** Starts a process that may own webhooks. */
async function startClaimingProcess(pollInterval?: number): Promise<TestStore> {
  const joined = startProcess(pollInterval);
  await joined.claim(1);
  return joined;
}

/** Claims with these processes, in several rounds. */
async function claimInRounds(...processes: readonly TestStore[]): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (let round = 0; round < 4; round++) {
    await clock.advance(5);
    for (const process of processes) claims.push(...(await process.claim(100)));
  }
  return claims;
}

test("a lease of an expired process is not valid after it registers again", async () => {
  const [processA, processB] = [await startClaimingProcess(), await startClaimingProcess()];
  await processA.create(
    createWebhook({ id: "first", topics: ["first.*"] }),
    createWebhook({ id: "second", topics: ["second.*"] }),
  );
  await processA.publish(createEvent({ topic: "first.a" }));
  const [before] = await claimInRounds(processA);
  await clock.advance(LEASE_MS + 1);
  expect(await claimInRounds(processB)).toHaveLength(1);
  expect(await claimInRounds(processA)).toEqual([]);
  await processA.publish(createEvent({ topic: "second.a" }));
  const [after] = await claimInRounds(processA);
  if (before === undefined || after === undefined) throw new Error("nothing was claimed");
  expect(after.webhook).toBe("second");
  expect(await processA.complete(before)).toEqual([before.lease]);
  expect(await processA.complete(after)).toEqual([]);
  const { data } = await processA.store.deliveries.list({ state: "pending" }, {});
  expect(data.map(({ webhook }) => webhook)).toEqual(["first"]);
});

test("a process that resumes while its lease expires loses no delivery", async () => {
  const [processA, processB] = [await startClaimingProcess(), await startClaimingProcess()];
  await processA.create(createWebhook());
  await processA.publish(createEvent(), createEvent());
  const before = await claimInRounds(processA);
  expect(before).toHaveLength(2);
  await clock.advance(LEASE_MS + 1);
  // One of the two deliveries is locked when it is released.
  const busy = await schema.pool.connect();
  await busy.query("begin");
  await busy.query(`select from ${schema.name}.pending_deliveries order by id limit 1 for update`);
  await claimInRounds(processB);
  await busy.query("rollback");
  busy.release();
  const after = [...before, ...(await claimInRounds(processA, processB))];
  for (const claim of after) for (const process of [processA, processB]) await process.complete(claim);
  for (const claim of await claimInRounds(processA, processB))
    for (const process of [processA, processB]) await process.complete(claim);
  expect((await processA.store.deliveries.list({ state: "pending" }, {})).data).toEqual([]);
});

test("a process that publishes a duplicate also delivers for the webhook of the first event", async () => {
  const [processA, processB] = [await startClaimingProcess(), await startClaimingProcess()];
  await processA.create(createWebhook({ topics: ["first.*"] }), createWebhook({ topics: ["second.*"] }));
  const repeated = createEvent({ topic: "first.a", id: "repeated", idempotent: true });
  await processA.publish(repeated);
  for (const claim of await claimInRounds(processA)) await processA.retry(claim, 10_000);
  await processA.store.close();
  await processB.publish(repeated, createEvent({ topic: "second.a" }));
  await clock.advance(10_000);
  const topics = (await claimInRounds(processB)).map(({ topic }) => topic);
  expect(topics.sort()).toEqual(["first.a", "second.a"]);
});

test("an account that one process disabled and another enabled is enabled for both", async () => {
  const [processA, processB] = [await startClaimingProcess(), await startClaimingProcess()];
  await processA.create(createWebhook());
  const pause = { scope: "account", id: "acme", reason: "disabled" } as const;
  await processA.store.setPause({ ...pause, durationMs: "forever" });
  await processB.store.setPause({ ...pause, durationMs: null });
  await processA.publish(createEvent());
  expect(await claimInRounds(processA, processB)).toHaveLength(1);
});

test("a process that finds its lease expired when it loads deliveries registers again", async () => {
  const [processA, processB] = [await startClaimingProcess(LEASE_MS), await startClaimingProcess()];
  await processA.create(createWebhook());
  await processA.publish(createEvent());
  for (const claim of await processA.claim(1)) await processA.retry(claim, LEASE_MS);
  await clock.advance(LEASE_MS + 1);
  const [claim] = await claimInRounds(processB);
  // It has polled recently, and knows of a due delivery.
  expect(await processA.claim(1)).toEqual([]);
  await processB.store.close();
  expect(await claimInRounds(processA)).toMatchObject([{ delivery: claim?.delivery, attemptCount: 1 }]);
});
