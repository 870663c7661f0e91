import { createEvent, createWebhook, TestStore } from "@heron-webhooks/conformance/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestSchema } from "./test-schema.ts";

let schema: TestSchema;
let opened: TestStore;
let now: number;

beforeEach(async () => {
  schema = new TestSchema();
  now = 1_700_000_000_000;
  opened = new TestStore({
    store: schema.store({ clock: { now: () => now }, pollInterval: 1 }),
    advance() {},
  });
  await opened.create(createWebhook({ id: "one" }));
});

afterEach(async () => {
  await opened.store.close();
  await schema.end();
});

const getStoredBytes = async (): Promise<number> => {
  const { rows } = await schema.pool.query(
    `select coalesce(sum(delta_bytes), 0)::double precision as bytes from ${schema.name}.storage_counters`,
  );
  return (rows[0] as { readonly bytes: number }).bytes;
};

test("the storage counter is 0 after everything was pruned", async () => {
  const same = createEvent({ idempotent: true, body: JSON.stringify("鷺".repeat(1000)) });
  await opened.publish(same, createEvent({ body: JSON.stringify("x".repeat(1000)) }));
  for (let i = 0; i < 5; i++) await opened.publish(same);
  for (const claim of await opened.claim(100)) await opened.complete(claim);
  expect(await getStoredBytes()).toBeGreaterThan(4000);
  expect(await getStoredBytes()).toBeLessThan(6000);
  now += 1000;
  while (!(await opened.store.prune({ maxAgeMs: 0, maxBytes: Number.MAX_SAFE_INTEGER }, 100)).isDone);
  expect(await getStoredBytes()).toBe(0);
});

test("of many events that are published at once, those in memory are attempted before the rest is loaded", async () => {
  const events = Array.from({ length: 9000 }, () => createEvent());
  await opened.claim(1);
  await opened.publish(...events);
  const { rows } = await schema.pool.query(
    `select count(*)::int as waiting from ${schema.name}.pending_deliveries where owner is null`,
  );
  // A process takes as many into memory as it may, and the rest is stored, all due at the same time.
  expect((rows[0] as { readonly waiting: number }).waiting).toBe(1000);
  for (let i = 0; i < 150; i++) {
    const claims = await opened.claim(10);
    expect(claims).toHaveLength(10);
    await Promise.all(claims.map((claim) => opened.complete(claim)));
  }
  const after = await schema.pool.query(
    `select count(*)::int as waiting from ${schema.name}.pending_deliveries where owner is null`,
  );
  // The first claim loads some, and no more are loaded before those are delivered.
  expect((after.rows[0] as { readonly waiting: number }).waiting).toBeGreaterThan(700);
});

test("deleting a webhook during its attempts leaves no pending deliveries in the counter", async () => {
  await opened.create(createWebhook({ id: "other" }));
  await opened.publish(createEvent());
  const claims = await opened.claim(100);
  expect(claims).toHaveLength(2);
  await opened.store.webhooks.delete("one");
  const lost = await opened.store.complete(
    claims.map(({ lease }) => ({
      lease,
      completion: { state: "delivered" },
      attempt: { responseStatus: 200, durationMs: 1, reason: null, responseBody: null },
    })),
  );
  expect(lost).toHaveLength(1);
  const { rows } = await schema.pool.query(
    `select coalesce(sum(delta), 0)::int as pending from ${schema.name}.pending_counters`,
  );
  expect(rows).toEqual([{ pending: 0 }]);
});
