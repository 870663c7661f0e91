import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { verify } from "@heron-webhooks/core";
import { manualClock } from "@heron-webhooks/core/testing";
import { expect, test } from "vitest";
import {
  type DeliveryRecord,
  memoryStore,
  type Sender,
  type SenderOptions,
  type Store,
  sqliteStore,
} from "../src/index.ts";
import { createStartedSender, SECRET, silentLogger, waitForState } from "./create-test-sender.ts";
import { createDeferredAnswer, RecordingServer } from "./recording-server.ts";
import { createTempFolder } from "./temp-folder.ts";
import { waitFor } from "./wait-for.ts";

const [one, two] = [randomBytes(32), randomBytes(32)];
const topics = ["**"];
const SLACK = "https://hooks.slack.com/services/T000/B000/abcdefghijklmnop";
const SECRETS = [
  SECRET,
  "sec_second_0123456789abcdef0123",
  "header-value-7c1",
  "token-value-5a9",
  "abcdefghijklm",
];

/** A sender with this key over a persistent store. */
function over(store: Store, encryptionKey?: Uint8Array | readonly Uint8Array[]): Sender {
  return createStartedSender({
    store: { ...store, close: async () => {} },
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
  }).sender;
}

async function fill(sender: Sender, url: string): Promise<string> {
  const { id } = await sender.webhooks.create({
    url,
    topics,
    secret: SECRET,
    headers: { "x-key": "header-value-7c1" },
    auth: { token: "token-value-5a9" },
  });
  await sender.webhooks.rotateSecret(id, { secret: "sec_second_0123456789abcdef0123" });
  await sender.webhooks.create({ url: SLACK, topics: ["never.sent"] });
  return id;
}

function findSecrets(path: string): readonly string[] {
  const files = [path, `${path}-wal`].filter((file) => existsSync(file));
  const bytes = Buffer.concat(files.map((file) => readFileSync(file)));
  expect(bytes.includes("wbh_")).toBe(true);
  return SECRETS.filter((secret) => bytes.includes(secret));
}

test.each([
  ["the file has no secret with a key", one, []],
  ["the file has all secrets without a key", undefined, SECRETS],
])("%s, and deliveries verify", async (_, key, found) => {
  await using sink = await RecordingServer.open();
  const path = join(createTempFolder(), "heron.db");
  const { sender } = createStartedSender({
    store: sqliteStore(path),
    ...(key === undefined ? {} : { encryptionKey: key }),
  });
  const id = await fill(sender, sink.url);
  await sender.emit("a.b", { n: 1 });
  await waitForState(sender, "delivered");
  const [request] = sink.requests;
  verify(request?.body ?? Buffer.of(), String(request?.headers["heron-signature"]), SECRET);
  expect(request?.headers).toMatchObject({
    "x-key": "header-value-7c1",
    authorization: "Bearer token-value-5a9",
  });
  await sender.webhooks.update(id, { description: "changed" });
  await sender.webhooks.disable(id);
  expect(findSecrets(path)).toEqual(found);
  await sender.close();
  expect(findSecrets(path)).toEqual(found);
});

test("encrypted values are returned as they were given", async () => {
  const sender = over(memoryStore(), one);
  await using _ = sender;
  const id = await fill(sender, "https://example.com/");
  expect(await sender.webhooks.get(id)).toMatchObject({ headers: { "x-key": "header-value-7c1" } });
  expect(await sender.webhooks.secrets(id)).toMatchObject([{ value: SECRET }, { expiresAt: null }]);
  expect((await sender.webhooks.list()).data.map(({ url }) => url)).toEqual(["https://example.com/", SLACK]);
});

test("a key is replaced: both are given, everything is reencrypted, the old one is removed", async () => {
  await using sink = await RecordingServer.open();
  const store = memoryStore();
  const before = over(store);
  const id = await fill(before, sink.url);
  await before.close();
  const sealing = over(store, one);
  expect([await sealing.webhooks.reencrypt(), await sealing.webhooks.reencrypt()]).toEqual([2, 0]);
  await sealing.close();
  const replacing = over(store, [two, one]);
  const made = await replacing.webhooks.create({ url: "https://example.com/", topics: ["never.sent"] });
  expect([await replacing.webhooks.reencrypt(), await replacing.webhooks.reencrypt()]).toEqual([2, 0]);
  await replacing.close();
  const after = over(store, two);
  await using _ = after;
  expect(await after.webhooks.secrets(made.id)).toEqual([{ value: made.secret, expiresAt: null }]);
  expect(await after.webhooks.secrets(id)).toMatchObject([{ value: SECRET }, {}]);
  await after.emit("a.b", 1);
  const [request] = await sink.received(1);
  verify(request?.body ?? Buffer.of(), String(request?.headers["heron-signature"]), SECRET);
});

test.each([
  ["another key", two],
  ["no key", undefined],
])("with %s secrets are unavailable, and deliveries wait for the right key", async (_, wrong) => {
  await using sink = await RecordingServer.open();
  const clock = manualClock();
  const store = memoryStore({ clock });
  const before = over(store, one);
  const id = await fill(before, sink.url);
  await before.close();
  const errors: unknown[] = [];
  const logger = { ...silentLogger, error: (about: unknown) => void errors.push(about) };
  const locked = createStartedSender({
    store: { ...store, close: async () => {} },
    ...(wrong === undefined ? {} : { encryptionKey: wrong }),
    logger,
  }).sender;
  for (const asked of [locked.webhooks.get(id), locked.webhooks.secrets(id), locked.webhooks.list()])
    await expect(asked).rejects.toMatchObject({ code: "secret_unavailable" });
  for (let n = 1; n <= 30; n++) await locked.emit("a.b", n);
  await waitFor(async () => ((await store.webhooks.pauses(id)).length > 0 ? true : undefined));
  await locked.close();
  // Once for the webhook, however many deliveries are pending.
  expect(errors).toMatchObject([{ err: { code: "secret_unavailable" } }]);
  const { data } = await store.deliveries.list({}, {});
  expect(new Set(data.map(({ state, attemptCount }) => `${state} ${attemptCount}`))).toEqual(
    new Set(["pending 0"]),
  );
  expect(sink.requests).toEqual([]);
  await clock.advance(60_000);
  const { answer, resolveAnswer } = createDeferredAnswer(200);
  sink.respond = () => answer;
  await using after = over(store, one);
  await sink.received(1);
  await after.deliveries.list();
  // One delivery is attempted as a probe, and the others wait for its result.
  expect(sink.requests).toHaveLength(1);
  resolveAnswer();
  await waitForState(after, "delivered", 30);
});

test("deliveries of a webhook whose key is lost expire, and are reported", async () => {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const before = over(store, one);
  const id = await fill(before, "https://example.com/");
  await before.close();
  const dead: unknown[] = [];
  const hooks: SenderOptions["hooks"] = {
    onDead: (reason, { delivery, webhook, account, topic, attemptCount }, of) =>
      void dead.push([reason, { delivery, webhook, account, topic, attempts: attemptCount }, of]),
  };
  const { sender } = createStartedSender({ store, clock, hooks, encryptionKey: two, expireAfter: "1m" });
  await using _ = sender;
  await sender.emit("a.b", 1);
  const delivery = await waitFor(
    () => firstDead(store),
    () => clock.advance(5000),
  );
  expect(delivery).toMatchObject({ attemptCount: 0, reason: "expired" });
  const expectedDelivery = {
    delivery: delivery.id,
    webhook: id,
    account: "default",
    topic: "a.b",
    attempts: 0,
  };
  expect(dead).toEqual([["expired", expectedDelivery, null]]);
});

async function firstDead(store: Store): Promise<DeliveryRecord | undefined> {
  return (await store.deliveries.list({ state: "dead" }, {})).data[0];
}

test("a secret that was copied to another webhook does not decrypt there", async () => {
  const store = memoryStore();
  const sender = over(store, one);
  await using _ = sender;
  const [mine, yours] = [
    await fill(sender, "https://example.com/"),
    await fill(sender, "https://example.org/"),
  ];
  const [from, to] = [await store.webhooks.get(mine), await store.webhooks.get(yours)];
  if (from === null || to === null) throw new Error("they are not there");
  await store.webhooks.update(yours, to.version, { secrets: from.secrets });
  await expect(sender.webhooks.secrets(yours)).rejects.toMatchObject({ code: "secret_unavailable" });
  const key = String(from.headers["x-key"]);
  await store.webhooks.update(mine, from.version, { headers: { ...from.headers, "x-other": key } });
  await expect(sender.webhooks.get(mine)).rejects.toMatchObject({ code: "secret_unavailable" });
});
