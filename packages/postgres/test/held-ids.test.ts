import { event, Opened, webhook } from "@heron-webhooks/conformance/store";
import type { PoolClient } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Schema } from "./schemas.ts";

/** How long a statement may take: on a busy machine one that waits for nobody takes a second. */
const TIMEOUT = 4000;
const SAME = event({ idempotent: true });

let schema: Schema;
let opened: Opened;
/** In a transaction that has put down an event. */
let client: PoolClient;

beforeEach(async () => {
  schema = new Schema();
  opened = new Opened({ store: schema.store({ timeoutMs: TIMEOUT }), advance() {} });
  await opened.create(webhook());
  client = await schema.pool.connect();
  await client.query("begin");
  await opened.store.publish([SAME], { tx: client });
});

afterEach(async () => {
  await client.query("rollback");
  client.release();
  await opened.store.close();
  await schema.end();
});

test("an event whose id a transaction has that goes on for long keeps no other waiting", async () => {
  const [first, again] = [SAME, SAME].map((one) => opened.publish(one).catch(() => "failed"));
  const others = [
    event(),
    event({ idempotent: true }),
    event({ account: "b", id: SAME.id, idempotent: true }),
  ];
  const published = Promise.all(others.map((one) => opened.publish(one)));
  await expect(Promise.race([first, again, published])).resolves.toEqual(await published);
  await client.query("rollback");
  await Promise.all([first, again]);
});

test("however many ids one transaction has, others are published, and who waits for them hears of it in time", async () => {
  const many = Array.from({ length: 200 }, () => event({ idempotent: true }));
  await opened.store.publish(many, { tx: client });
  const began = performance.now();
  const held = many.map((one) => opened.publish(one).catch(({ code }) => code));
  const others = Array.from({ length: 20 }, () => event({ idempotent: true }));
  const published = await Promise.all(others.map((one) => opened.publish(one)));
  expect(published.every(([one]) => one !== undefined && "deliveries" in one)).toBe(true);
  for (const code of await Promise.all(held)) expect(["store_busy", "store_unavailable"]).toContain(code);
  // Each event waits for two tries, so for twice the timeout of a statement on an idle machine. One after the other on six
  // connections it would be thirty times that timeout, so the bound tells the two apart with room for a busy machine.
  expect(performance.now() - began).toBeLessThan(4 * TIMEOUT);
});

test("who emits what a transaction has emitted hears of the one that was there first, once that is committed", async () => {
  const second = opened.publish(SAME);
  await opened.publish(event());
  await client.query("commit");
  expect(await second).toEqual([{ id: SAME.id, deliveries: 1, duplicate: true }]);
});

test("who emits what a transaction has emitted that comes to nothing is the first", async () => {
  const second = opened.publish(SAME);
  await opened.publish(event());
  await client.query("rollback");
  expect(await second).toEqual([{ id: SAME.id, deliveries: 1, duplicate: false }]);
  expect((await opened.claim(100)).map(({ body }) => body)).toContain(SAME.body);
});

test("who waits for longer than a statement may take hears why, and nothing of what it emitted was done", async () => {
  await expect(opened.publish(event({ body: "with it" }), SAME)).rejects.toMatchObject({
    code: "store_busy",
    message: expect.stringContaining("same id"),
  });
  await client.query("rollback");
  expect((await opened.claim(100)).map(({ body }) => body)).not.toContain("with it");
});
