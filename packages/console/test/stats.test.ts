import { afterEach, beforeEach, expect, test } from "vitest";
import { API_KEYS, TestConsole } from "./test-console.ts";

let testConsole: TestConsole;
beforeEach(async () => {
  testConsole = await TestConsole.open();
});
afterEach(() => testConsole.close());

const emit = (account = "ann"): Promise<unknown> =>
  testConsole.sender.forAccount(account).emit("invoice.paid", {});

test("deliveries are counted by account", async () => {
  const id = await testConsole.createWebhook();
  await testConsole.createWebhook({ topic: "end_user.*" });
  await testConsole.createWebhook({}, API_KEYS.bob);
  for (const account of ["ann", "ann", "bob"]) await emit(account);
  const { status, body } = await testConsole.call("GET", "/stats");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    is_complete: true,
    complete_since: body.since,
    bucket_ms: 3_600_000,
    total: { delivered: 0, waiting: 2, retrying: 0, dead: 0, p50_ms: null, p95_ms: null },
    webhooks: [{ webhook: id, waiting: 2 }],
  });
  expect(body.buckets.reduce((sum: number, { waiting }: { waiting: number }) => sum + waiting, 0)).toBe(2);
  expect((await testConsole.call("GET", "/stats", undefined, { key: API_KEYS.bob })).body.total.waiting).toBe(
    1,
  );
  const ofAdmin = await testConsole.call("GET", "/stats?account=bob", undefined, { key: API_KEYS.admin });
  expect(ofAdmin.body.total.waiting).toBe(1);
});

test("statistics of another account's webhook are not found, even if cached", async () => {
  const id = await testConsole.createWebhook();
  await emit();
  const path = `/stats?since=1h&webhook=${id}`;
  expect((await testConsole.call("GET", path)).body.total.waiting).toBe(1);
  const { status, body } = await testConsole.call("GET", path, undefined, { key: API_KEYS.bob });
  expect([status, body.reason]).toEqual([404, "webhook_not_found"]);
});

test("concurrent requests share one query, and the cache expires", async () => {
  await testConsole.createWebhook();
  await emit();
  const responses = await Promise.all(Array.from({ length: 20 }, () => testConsole.call("GET", "/stats")));
  await emit();
  const before = await testConsole.call("GET", "/stats");
  expect(new Set([...responses, before].map(({ body }) => body.until)).size).toBe(1);
  expect(before.body.total.waiting).toBe(1);
  expect((await testConsole.call("GET", "/stats?since=1h")).body.total.waiting).toBe(2);
  await testConsole.clock.advance(2000);
  expect((await testConsole.call("GET", "/stats")).body.total.waiting).toBe(2);
});

test("a failed query is not cached", async () => {
  const { status } = await testConsole.call("GET", "/stats?webhook=wbh_later");
  expect(status).toBe(404);
  expect((await testConsole.call("GET", "/stats?since=0m")).body.reason).toBe("option_invalid");
  expect((await testConsole.call("GET", "/stats?since=soon")).status).toBe(400);
});
