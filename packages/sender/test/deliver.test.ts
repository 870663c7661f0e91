import { createHmac } from "node:crypto";
import { toStandardSecret, verify } from "@heron-webhooks/core";
import { Webhook as Standard } from "standardwebhooks";
import { expect, test } from "vitest";
import { memoryStore, type Store, sqliteStore } from "../src/index.ts";
import { createStartedSender, SECRET, waitForState } from "./create-test-sender.ts";
import { createDeferredAnswer, RecordingServer } from "./recording-server.ts";

test("an emitted event arrives, and three independent libraries verify it", async () => {
  await using sink = await RecordingServer.open();
  const { sender } = createStartedSender();
  await using _ = sender;
  await sender.webhooks.create({ url: `${sink.url}/hook?x=1`, topics: ["invoice.*"], secret: SECRET });
  const emitted = await sender.emit(
    "invoice.paid",
    { amount: 12.5, name: "café ☕" },
    { meta: { by: "crm" } },
  );
  const [request] = await sink.received(1);
  if (request === undefined) throw new Error("nothing came");
  expect(request.path).toBe("/hook?x=1");
  expect(JSON.parse(request.body.toString())).toEqual({
    topic: "invoice.paid",
    created: expect.any(String),
    data: { amount: 12.5, name: "café ☕" },
    meta: { by: "crm" },
    id: emitted.id,
  });
  const signature = String(request.headers["heron-signature"]);
  expect(createHmac("sha256", SECRET).update(request.body).digest("base64")).toBe(signature);
  expect(verify(request.body, signature, SECRET, { rawBodyOnly: true }).form).toBe("raw");
  const headers = request.headers as Record<string, string>;
  expect(new Standard(toStandardSecret(SECRET)).verify(request.body.toString(), headers)).toMatchObject({
    id: emitted.id,
  });
  const [id = ""] = await waitForState(sender, "delivered");
  expect(request.headers["webhook-id"]).toBe(id);
  expect(emitted).toMatchObject({ deliveryCount: 1, duplicate: false });
});

test("a failed delivery is retried with the same body, id and Heron-Signature", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = (_, index) => (index < 2 ? 503 : 200);
  const { sender } = createStartedSender();
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", { n: 1 });
  const [id = ""] = await waitForState(sender, "delivered");
  const same = sink.requests.map(({ body, headers }) => [
    body.toString(),
    headers["heron-signature"],
    headers["webhook-id"],
  ]);
  expect(same).toHaveLength(3);
  expect(new Set(same.map(String)).size).toBe(1);
  expect((await sender.deliveries.get(id))?.attempts).toMatchObject([
    { number: 1, responseStatus: 503, reason: expect.stringContaining("answered 503"), responseBody: "no" },
    { number: 2, responseStatus: 503 },
    { number: 3, responseStatus: 200, reason: null },
  ]);
});

test("a delivery that never succeeds becomes dead with a reason", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = () => 500;
  const { sender } = createStartedSender();
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", null);
  const [id = ""] = await waitForState(sender, "dead");
  expect(sink.requests).toHaveLength(4);
  expect((await sender.deliveries.get(id))?.delivery).toMatchObject({
    attemptCount: 4,
    responseStatus: 500,
    reason: "answered 500, the receiver's own failure",
  });
});

test("410 disables the webhook", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = () => 410;
  const disabled: string[] = [];
  const { sender } = createStartedSender({ hooks: { onWebhookDisabled: (reason) => disabled.push(reason) } });
  await using _ = sender;
  const webhook = await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", null);
  await waitForState(sender, "dead");
  expect(await sender.webhooks.get(webhook.id)).toMatchObject({ enabled: false, disabledBy: "gone" });
  expect(await sender.emit("a.b", null)).toMatchObject({ deliveryCount: 0 });
  expect([sink.requests.length, disabled]).toEqual([1, ["gone"]]);
});

test("redirects are not followed", async () => {
  await using sink = await RecordingServer.open();
  await using other = await RecordingServer.open();
  sink.respond = (_, index) => (index === 0 ? { status: 307, headers: { location: other.url } } : 200);
  const { sender } = createStartedSender();
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", null);
  await waitForState(sender, "delivered");
  expect([sink.requests.length, other.requests.length]).toEqual([2, 0]);
});

test("a template is rendered with the event and the user at emit time", async () => {
  await using sink = await RecordingServer.open();
  const { sender, store } = createStartedSender();
  await using _ = sender;
  const template = { who: "{{ user.name }}", plan: '{{ user.plan ?? "none" }}', n: "{{ data.n }}" };
  await sender.webhooks.create({ url: sink.url, topics: ["**"], template });
  await store.users.addProperties("default", "u1", { name: "Ann" });
  const emitting = sender.emit("a.b", { n: 7 }, { user: "u1" });
  await emitting;
  await store.users.addProperties("default", "u1", { name: "Bob", plan: "pro" });
  const [request] = await sink.received(1);
  expect(JSON.parse(request?.body.toString() ?? "")).toEqual({ who: "Ann", plan: "none", n: 7 });
});

test("a hanging receiver times out and does not delay others", async () => {
  await using slow = await RecordingServer.open();
  await using quick = await RecordingServer.open();
  slow.respond = () => "hang";
  const { sender } = createStartedSender({ timeout: 300 });
  await using _ = sender;
  await sender.webhooks.create({ url: slow.url, topics: ["**"], concurrency: 2 });
  await sender.webhooks.create({ url: quick.url, topics: ["**"] });
  const began = performance.now();
  for (let n = 0; n < 20; n++) await sender.emit("a.b", { n });
  await quick.received(20);
  const givenUp = Math.floor((performance.now() - began) / 300);
  expect(slow.requests.length).toBeLessThanOrEqual(2 * (1 + givenUp));
  await slow.received(3);
});

test("the same id emitted again changes nothing", async () => {
  await using sink = await RecordingServer.open();
  const { sender } = createStartedSender();
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  const results = await Promise.all(
    Array.from({ length: 5 }, () => sender.emit("a.b", 1, { id: "order-1" })),
  );
  expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  await waitForState(sender, "delivered");
  await sender.emit("a.b", 2, { id: "order-1" });
  await sender.close();
  expect(sink.requests).toHaveLength(1);
});

test("close() finishes attempts in flight and rejects new events", async () => {
  await using sink = await RecordingServer.open();
  const { answer, resolveAnswer } = createDeferredAnswer(200);
  sink.respond = () => answer;
  const { sender, store } = createStartedSender();
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", null);
  await sink.received(1);
  const closing = sender.close();
  await expect(sender.emit("a.b", null)).rejects.toMatchObject({ code: "closed" });
  resolveAnswer();
  await closing;
  expect((await store.deliveries.list({ state: "delivered" }, {})).data).toHaveLength(1);
});

test("close() aborts attempts after its timeout and releases the deliveries", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = () => "hang";
  const { sender, store } = createStartedSender();
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", null);
  await sink.received(1);
  await sender.close({ timeout: 10 });
  expect((await store.deliveries.list({}, {})).data).toMatchObject([
    { state: "pending", attemptCount: 0, nextAttemptInMs: 0 },
  ]);
});

test.each<[unknown]>([[Number.POSITIVE_INFINITY], [Number.NaN], [-1], [2 ** 31], ["5s"], [null]])(
  "close() with a timeout of %s is rejected, and the sender stays open",
  async (timeoutMs) => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender();
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    await expect(sender.close({ timeout: timeoutMs as number })).rejects.toMatchObject({
      name: "HeronError",
      code: "option_invalid",
    });
    await sender.emit("a.b", null);
    await waitForState(sender, "delivered");
  },
);

test("the longest close timeout aborts nothing", async () => {
  await using sink = await RecordingServer.open();
  let answer = (): void => {};
  sink.respond = () => new Promise((resolve) => (answer = () => resolve(200)));
  const { sender, store } = createStartedSender();
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", null);
  await sink.received(1);
  const closing = sender.close({ timeout: 2 ** 31 - 1 });
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  answer();
  await closing;
  expect((await store.deliveries.list({ state: "delivered" }, {})).data).toHaveLength(1);
});

test.each([memoryStore, (): Store => sqliteStore(":memory:")])(
  "a notification without free slots is not lost",
  async (open) => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ concurrency: 2, store: open() });
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    await Promise.all(Array.from({ length: 50 }, (_, n) => sender.emit("a.b", n)));
    await waitForState(sender, "delivered", 50);
    expect(sink.requests).toHaveLength(50);
  },
);
