import { randomBytes } from "node:crypto";
import { toStandardSecret, verify } from "@heron-webhooks/core";
import { Webhook as Standard } from "standardwebhooks";
import { expect, test } from "vitest";
import { createSender, memoryStore, type Topics, type WebhookInput } from "../src/index.ts";
import { createStartedSender, SECRET } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";

const topics: Topics = {
  "invoice.paid": { example: { amount: 12.5 } },
  "invoice.voided": { example: null },
  "user.left": { example: { who: "ann" } },
};

/** A webhook at a sink, tested. */
async function tried(
  sink: RecordingServer,
  { wanted, offered, ...input }: Partial<WebhookInput> & { wanted?: string; offered?: Topics },
): Promise<{ readonly topic: unknown; readonly data: unknown }> {
  const { sender } = createStartedSender({ topics: offered });
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url: sink.url, topics: ["**"], ...input });
  await sender.webhooks.sendTest(id, { topic: wanted });
  const { topic, data } = JSON.parse(String(sink.requests.at(-1)?.body)) as Record<string, unknown>;
  return { topic, data };
}

test("a test event has the example, a mark, a signature and the webhook's headers", async () => {
  await using sink = await RecordingServer.open();
  const { sender } = createStartedSender({ topics, encryptionKey: randomBytes(32) });
  await using _ = sender;
  const { id } = await sender.webhooks.create({
    url: `${sink.url}/hook?x=1`,
    topics: ["invoice.*"],
    secret: SECRET,
    auth: { token: "abc" },
  });
  const result = await sender.webhooks.sendTest(id);
  const [request] = sink.requests;
  if (request === undefined) throw new Error("nothing came");
  expect(JSON.parse(request.body.toString())).toEqual({
    topic: "invoice.paid",
    created: expect.any(String),
    data: { amount: 12.5 },
    meta: { test: true },
    id: expect.stringMatching(/^evt_test_/),
  });
  verify(request.body, String(request.headers["heron-signature"]), SECRET, { rawBodyOnly: true });
  new Standard(toStandardSecret(SECRET)).verify(
    request.body.toString(),
    request.headers as Record<string, string>,
  );
  expect([request.path, request.headers.authorization]).toEqual(["/hook?x=1", "Bearer abc"]);
  expect(result).toEqual({
    ok: true,
    outcome: "delivered",
    reason: null,
    responseStatus: 200,
    responseBody: "ok",
    durationMs: expect.any(Number),
    topic: "invoice.paid",
    body: request.body.toString(),
  });
});

test("the topic is the requested one, or the first that the webhook receives", async () => {
  await using sink = await RecordingServer.open();
  const sent = { topic: "user.left", data: { who: "ann" } };
  expect(await tried(sink, { offered: topics, topics: ["*.left"] })).toEqual(sent);
  expect(await tried(sink, { offered: topics, topics: ["invoice.paid"], wanted: "user.left" })).toEqual(sent);
  expect(await tried(sink, { offered: topics, wanted: "invoice.voided" })).toEqual({
    topic: "invoice.voided",
    data: null,
  });
  const test = { test: true };
  expect(await tried(sink, { topics: ["a.*", "a.b"] })).toEqual({ topic: "a.b", data: test });
  expect(await tried(sink, { topics: ["**"] })).toEqual({ topic: "webhook.test", data: test });
  expect(await tried(sink, { wanted: "c.d" })).toEqual({ topic: "c.d", data: test });
  await expect(tried(sink, { wanted: "c" })).rejects.toMatchObject({ code: "topic_invalid" });
  await expect(tried(sink, { offered: topics, wanted: "c.d" })).rejects.toMatchObject({
    code: "topic_unknown",
  });
});

test("a test is never recorded, and works on a disabled webhook", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = () => 410;
  const calls: string[] = [];
  const hooks = {
    onAttempt: () => void calls.push("attempt"),
    onDead: () => void calls.push("dead"),
    onWebhookDisabled: () => void calls.push("disabled"),
  };
  const { sender } = createStartedSender({ hooks });
  await using _ = sender;
  const { secret: _secret, ...webhook } = await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  expect(await sender.webhooks.sendTest(webhook.id)).toMatchObject({
    ok: false,
    outcome: "gone",
    responseStatus: 410,
    responseBody: "no",
    reason: "answered 410, the webhook is gone for good",
  });
  expect(await sender.webhooks.get(webhook.id)).toEqual(webhook);
  const disabled = await sender.webhooks.disable(webhook.id);
  await sender.accounts.disable("default");
  sink.respond = () => 200;
  expect(await sender.webhooks.sendTest(webhook.id)).toMatchObject({ ok: true });
  sink.respond = () => 500;
  for (let n = 0; n < 12; n++) await sender.webhooks.sendTest(webhook.id);
  expect(await sender.webhooks.get(webhook.id)).toEqual(disabled);
  expect(await sender.webhooks.pauses(webhook.id)).toMatchObject([
    { reason: "disabled", scope: "webhook" },
    { scope: "account" },
  ]);
  expect([(await sender.deliveries.list()).data, calls]).toEqual([[], []]);
});

/** A test without response. */
const none = {
  ok: false,
  outcome: "retry",
  responseStatus: null,
  responseBody: null,
  body: expect.any(String),
};

test("a timeout is reported", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = () => "hang";
  const { sender } = createStartedSender({ timeout: 100 });
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  expect(await sender.webhooks.sendTest(id)).toMatchObject({
    ...none,
    reason: expect.stringContaining("no response within 0.1 s"),
  });
  expect(sink.requests).toHaveLength(1);
});

test("failures are reported: a redirect, a refused connection, a template that cannot be rendered", async () => {
  await using sink = await RecordingServer.open();
  const { sender } = createStartedSender();
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  sink.respond = () => ({ status: 301, headers: { location: "https://example.com/" } });
  expect(await sender.webhooks.sendTest(id)).toMatchObject({
    ok: false,
    responseStatus: 301,
    reason: expect.stringContaining("redirects are not followed"),
  });
  const closed = await RecordingServer.open();
  await sender.webhooks.update(id, { url: closed.url });
  await closed[Symbol.asyncDispose]();
  expect(await sender.webhooks.sendTest(id)).toMatchObject({
    ...none,
    reason: expect.stringContaining("ECONNREFUSED"),
  });
  const template = { text: "<{{ data.link }}|here>" };
  await sender.webhooks.update(id, { url: sink.url, format: "slack", template });
  expect(await sender.webhooks.sendTest(id)).toMatchObject({ ok: false, responseStatus: null, body: null });
  expect(sink.requests).toHaveLength(1);
});

test("a name with a private address is rejected at connection time", async () => {
  await using sink = await RecordingServer.open();
  await using sender = createSender({ store: memoryStore(), egress: { allowHttp: true } });
  const { id } = await sender.webhooks.create({
    url: sink.url.replace("127.0.0.1", "localhost"),
    topics: ["**"],
  });
  expect(await sender.webhooks.sendTest(id)).toMatchObject({
    ok: false,
    responseStatus: null,
    reason: expect.stringContaining("localhost has no address on the public internet"),
  });
  expect(sink.requests).toEqual([]);
});
