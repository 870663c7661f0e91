import { event, Opened, webhook } from "@heron-webhooks/conformance/store";
import { type ManualClock, manualClock } from "@heron-webhooks/core/testing";
import type { Claim } from "@heron-webhooks/sender";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Schema } from "../schemas.ts";

/** For how long a process is believed to be there, and more than it takes to look for news. */
const LEASE = 30_000;

let schema: Schema;
let clock: ManualClock;
let opened: Opened[];

beforeEach(() => {
  schema = new Schema();
  clock = manualClock();
  opened = [];
});

afterEach(async () => {
  for (const { store } of opened) await store.close();
  await schema.end();
});

/** One more process. Each looks for news whenever it claims. */
function join(pollMs = 1): Opened {
  const store = schema.store({ clock, leaseMs: LEASE, pollMs });
  const joined = new Opened({ store, advance: (ms) => clock.advance(ms) });
  opened.push(joined);
  return joined;
}

/** Joins, and is one of those that may have webhooks. */
async function working(pollMs?: number): Promise<Opened> {
  const joined = join(pollMs);
  await joined.claim(1);
  return joined;
}

/** What is claimed by these, in several rounds. */
async function claimed(...by: readonly Opened[]): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (let round = 0; round < 4; round++) {
    await clock.advance(5);
    for (const one of by) claims.push(...(await one.claim(100)));
  }
  return claims;
}

test("a lease of a process that was buried is none that it has later", async () => {
  const [one, other] = [await working(), await working()];
  await one.create(
    webhook({ id: "first", topics: ["first.*"] }),
    webhook({ id: "second", topics: ["second.*"] }),
  );
  await one.publish(event({ topic: "first.a" }));
  const [before] = await claimed(one);
  await clock.advance(LEASE + 1);
  expect(await claimed(other)).toHaveLength(1);
  expect(await claimed(one)).toEqual([]);
  await one.publish(event({ topic: "second.a" }));
  const [after] = await claimed(one);
  if (before === undefined || after === undefined) throw new Error("nothing was claimed");
  expect(after.webhook).toBe("second");
  expect(await one.settle(before)).toEqual([before.lease]);
  expect(await one.settle(after)).toEqual([]);
  const { items } = await one.store.deliveries.list({ state: "pending" }, {});
  expect(items.map(({ webhook }) => webhook)).toEqual(["first"]);
});

test("a process that comes back while it is being buried loses nothing of what it had", async () => {
  const [one, other] = [await working(), await working()];
  await one.create(webhook());
  await one.publish(event(), event());
  const before = await claimed(one);
  expect(before).toHaveLength(2);
  await clock.advance(LEASE + 1);
  // Something else is being done with one of the two when it is to be freed.
  const busy = await schema.pool.connect();
  await busy.query("begin");
  await busy.query(`select from ${schema.name}.owed order by id limit 1 for update`);
  await claimed(other);
  await busy.query("rollback");
  busy.release();
  const after = [...before, ...(await claimed(one, other))];
  for (const claim of after) for (const each of [one, other]) await each.settle(claim);
  for (const claim of await claimed(one, other)) for (const each of [one, other]) await each.settle(claim);
  expect((await one.store.deliveries.list({ state: "pending" }, {})).items).toEqual([]);
});

test("a webhook that an event had before it came again is known to whoever takes it with that", async () => {
  const [one, other] = [await working(), await working()];
  await one.create(webhook({ topics: ["first.*"] }), webhook({ topics: ["second.*"] }));
  const again = event({ topic: "first.a", id: "again", idempotent: true });
  await one.publish(again);
  for (const claim of await claimed(one)) await one.retry(claim, 10_000);
  await one.store.close();
  await other.publish(again, event({ topic: "second.a" }));
  await clock.advance(10_000);
  const topics = (await claimed(other)).map(({ topic }) => topic);
  expect(topics.sort()).toEqual(["first.a", "second.a"]);
});

test("an account that was disabled in one process and enabled in another is enabled for both", async () => {
  const [one, other] = [await working(), await working()];
  await one.create(webhook());
  const gate = { scope: "account", id: "acme", gate: "disabled" } as const;
  await one.store.gate({ ...gate, closedMs: "forever" });
  await other.store.gate({ ...gate, closedMs: null });
  await one.publish(event());
  expect(await claimed(one, other)).toHaveLength(1);
});

test("a process that learns that it was buried when it loads more goes on as another", async () => {
  const [one, other] = [await working(LEASE), await working()];
  await one.create(webhook());
  await one.publish(event());
  for (const claim of await one.claim(1)) await one.retry(claim, LEASE);
  await clock.advance(LEASE + 1);
  const [claim] = await claimed(other);
  // It has looked for news not long ago, and knows of something that is due.
  expect(await one.claim(1)).toEqual([]);
  await other.store.close();
  expect(await claimed(one)).toMatchObject([{ delivery: claim?.delivery, attempts: 1 }]);
});
