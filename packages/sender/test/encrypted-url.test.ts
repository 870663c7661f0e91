import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { memoryStore, type Sender, type Store } from "../src/index.ts";
import { createStartedSender } from "./create-test-sender.ts";

const one = randomBytes(32);
const SLACK = "https://hooks.slack.com/services/T000/B000/abcdefghijklmnop";

/** A sender with this key over a persistent store. */
function over(store: Store, encryptionKey?: Uint8Array): Sender {
  return createStartedSender({
    store: { ...store, close: async () => {} },
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
  }).sender;
}

test("a Slack URL is encrypted in any format, and reencrypt() encrypts one that was not", async () => {
  const store = memoryStore();
  const input = { url: SLACK, topics: ["never.sent"], format: "heron" } as const;
  const before = over(store);
  const old = await before.webhooks.create(input);
  await before.close();
  const sender = over(store, one);
  await using _ = sender;
  const { id } = await sender.webhooks.create(input);
  expect((await store.webhooks.get(id))?.url).toMatch(/^encrypted:/);
  expect((await store.webhooks.get(old.id))?.url).toBe(SLACK);
  expect([await sender.webhooks.reencrypt(), await sender.webhooks.reencrypt()]).toEqual([1, 0]);
  expect((await store.webhooks.get(old.id))?.url).toMatch(/^encrypted:/);
  expect((await sender.webhooks.list()).data.map(({ url, format }) => [url, format])).toEqual([
    [SLACK, "heron"],
    [SLACK, "heron"],
  ]);
  const { url } = await sender.webhooks.update(id, { url: "https://example.com/" });
  expect([url, (await store.webhooks.get(id))?.url]).toEqual([
    "https://example.com/",
    "https://example.com/",
  ]);
});

test("the URL of a Slack stand-in is encrypted too, and decrypts", async () => {
  const store = memoryStore();
  const sender = over(store, one);
  await using _ = sender;
  const url = "https://slack.example.com/services/abc";
  const { id } = await sender.webhooks.create({ url, topics: ["never.sent"], format: "slack" });
  expect((await store.webhooks.get(id))?.url).toMatch(/^encrypted:/);
  expect(await sender.webhooks.get(id)).toMatchObject({ url, format: "slack" });
});
