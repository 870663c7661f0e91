import { createEvent, createWebhook, TestStore } from "@heron-webhooks/conformance/store";
import type { PoolClient } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestSchema } from "./test-schema.ts";

/** On a busy machine, a statement that does not wait takes up to a second. */
const STATEMENT_TIMEOUT_MS = 4000;
const SHARED_ID_EVENT = createEvent({ idempotent: true });

let schema: TestSchema;
let opened: TestStore;
/** Has an open transaction that has published an event. */
let client: PoolClient;

beforeEach(async () => {
  schema = new TestSchema();
  opened = new TestStore({ store: schema.store({ statementTimeout: STATEMENT_TIMEOUT_MS }), advance() {} });
  await opened.create(createWebhook());
  client = await schema.pool.connect();
  await client.query("begin");
  await opened.store.publish([SHARED_ID_EVENT], { tx: client });
});

afterEach(async () => {
  await client.query("rollback");
  client.release();
  await opened.store.close();
  await schema.end();
});

test("an event whose id is in a long open transaction does not delay others", async () => {
  const [first, second] = [SHARED_ID_EVENT, SHARED_ID_EVENT].map((sharedEvent) =>
    opened.publish(sharedEvent).catch(() => "failed"),
  );
  const others = [
    createEvent(),
    createEvent({ idempotent: true }),
    createEvent({ account: "b", id: SHARED_ID_EVENT.id, idempotent: true }),
  ];
  const published = Promise.all(others.map((event) => opened.publish(event)));
  await expect(Promise.race([first, second, published])).resolves.toEqual(await published);
  await client.query("rollback");
  await Promise.all([first, second]);
});

test("with many ids in one open transaction others are published, and those that wait fail in time", async () => {
  const many = Array.from({ length: 200 }, () => createEvent({ idempotent: true }));
  await opened.store.publish(many, { tx: client });
  const began = performance.now();
  const blocked = many.map((newEvent) => opened.publish(newEvent).catch(({ code }) => code));
  const others = Array.from({ length: 20 }, () => createEvent({ idempotent: true }));
  const published = await Promise.all(others.map((newEvent) => opened.publish(newEvent)));
  expect(
    published.every(([publishedEvent]) => publishedEvent !== undefined && "deliveryCount" in publishedEvent),
  ).toBe(true);
  for (const code of await Promise.all(blocked)) expect(["store_busy", "store_unavailable"]).toContain(code);
  // Each event waits for two tries, so for twice the timeout of a statement on an idle machine. One after the other on six
  // connections it would be thirty times that timeout, so the bound distinguishes the two, with room for a busy machine.
  expect(performance.now() - began).toBeLessThan(4 * STATEMENT_TIMEOUT_MS);
});

test("an event is a duplicate once the open transaction with its id is committed", async () => {
  const second = opened.publish(SHARED_ID_EVENT);
  await opened.publish(createEvent());
  await client.query("commit");
  expect(await second).toEqual([{ id: SHARED_ID_EVENT.id, deliveryCount: 1, duplicate: true }]);
});

test("an event is new once the open transaction with its id is rolled back", async () => {
  const second = opened.publish(SHARED_ID_EVENT);
  await opened.publish(createEvent());
  await client.query("rollback");
  expect(await second).toEqual([{ id: SHARED_ID_EVENT.id, deliveryCount: 1, duplicate: false }]);
  expect((await opened.claim(100)).map(({ body }) => body)).toContain(SHARED_ID_EVENT.body);
});

test("publishing fails with the reason when the other transaction stays open, and stores nothing", async () => {
  await expect(opened.publish(createEvent({ body: "with it" }), SHARED_ID_EVENT)).rejects.toMatchObject({
    code: "store_busy",
    message: expect.stringContaining("same id"),
  });
  await client.query("rollback");
  expect((await opened.claim(100)).map(({ body }) => body)).not.toContain("with it");
});
