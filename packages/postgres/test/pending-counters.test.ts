import { createEvent, TestStore, createWebhook } from "@heron-webhooks/conformance/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestSchema } from "./test-schema.ts";

let schema: TestSchema;
let opened: TestStore;
let now: number;

beforeEach(async () => {
  schema = new TestSchema();
  now = 1_700_000_000_000;
  opened = new TestStore({ store: schema.store({ clock: { now: () => now }, pollMs: 1 }), advance() {} });
  await opened.create(createWebhook({ id: "one" }));
});

afterEach(async () => {
  await opened.store.close();
  await schema.end();
});

const kept = async (): Promise<number> => {
  const { rows } = await schema.pool.query(
    `select coalesce(sum(bytes), 0)::double precision as bytes from ${schema.name}.volumes`,
  );
  return (rows[0] as { readonly bytes: number }).bytes;
};

test("what is counted as kept is nothing again once all of it was pruned, whatever was published", async () => {
  const same = createEvent({ idempotent: true, body: JSON.stringify("鷺".repeat(1000)) });
  await opened.publish(same, createEvent({ body: JSON.stringify("x".repeat(1000)) }));
  for (let i = 0; i < 5; i++) await opened.publish(same);
  for (const claim of await opened.claim(100)) await opened.complete(claim);
  expect(await kept()).toBeGreaterThan(4000);
  expect(await kept()).toBeLessThan(6000);
  now += 1000;
  while (!(await opened.store.prune({ maxAgeMs: 0, maxBytes: Number.MAX_SAFE_INTEGER }, 100)).isDone);
  expect(await kept()).toBe(0);
});

test("of many that were emitted at once, those in memory are attempted before the rest has come there", async () => {
  const events = Array.from({ length: 9000 }, () => createEvent());
  await opened.claim(1);
  await opened.publish(...events);
  const { rows } = await schema.pool.query(
    `select count(*)::int as waiting from ${schema.name}.owed where holder is null`,
  );
  // As many as a worker may have in memory were born there, and the rest waits, all due at the same time.
  expect((rows[0] as { readonly waiting: number }).waiting).toBe(1000);
  for (let i = 0; i < 150; i++) {
    const claims = await opened.claim(10);
    expect(claims).toHaveLength(10);
    await Promise.all(claims.map((claim) => opened.complete(claim)));
  }
  const after = await schema.pool.query(
    `select count(*)::int as waiting from ${schema.name}.owed where holder is null`,
  );
  // Some came with the first look, and no more until those before them have gone.
  expect((after.rows[0] as { readonly waiting: number }).waiting).toBeGreaterThan(700);
});

test("a webhook that is removed while it is attempted leaves nothing behind that counts", async () => {
  await opened.create(createWebhook({ id: "other" }));
  await opened.publish(createEvent());
  const claims = await opened.claim(100);
  expect(claims).toHaveLength(2);
  await opened.store.webhooks.delete("one");
  const lost = await opened.store.complete(
    claims.map(({ lease }) => ({
      lease,
      settled: { state: "delivered" },
      attempt: { status: 200, ms: 1, reason: null, answer: null },
    })),
  );
  expect(lost).toHaveLength(1);
  const { rows } = await schema.pool.query(
    `select coalesce(sum(pending), 0)::int as pending from ${schema.name}.tallies`,
  );
  expect(rows).toEqual([{ pending: 0 }]);
});
