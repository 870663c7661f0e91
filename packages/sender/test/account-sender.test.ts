import { randomBytes } from "node:crypto";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type AccountDeliveries,
  type AccountLabels,
  type AccountSender,
  type AccountUsers,
  type AccountWebhooks,
  createSender,
  memoryStore,
  type NewWebhook,
  type Sender,
} from "../src/index.ts";
import { createStartedSender, SECRET, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";

const topics = ["**"];

type Ask<Of> = (of: Of, id: string) => Promise<unknown>;

/** Every operation on one webhook. The type forces new ones to be added here. */
const ON_WEBHOOKS: Readonly<
  Record<
    Exclude<keyof AccountWebhooks, "create" | "preview" | "previewMatches" | "list">,
    Ask<AccountWebhooks>
  >
> = {
  get: (of, id) => of.get(id),
  update: (of, id) => of.update(id, { description: "mine now" }),
  delete: (of, id) => of.delete(id),
  enable: (of, id) => of.enable(id),
  disable: (of, id) => of.disable(id),
  pauses: (of, id) => of.pauses(id),
  secrets: (of, id) => of.secrets(id),
  rotateSecret: (of, id) => of.rotateSecret(id, { secret: SECRET, overlap: 0 }),
  sendTest: (of, id) => of.sendTest(id),
  recover: (of, id) => of.recover(id, { since: "1h" }),
};
const ON_DELIVERIES: Readonly<
  Record<Exclude<keyof AccountDeliveries, "list" | "stats">, Ask<AccountDeliveries>>
> = {
  get: (of, id) => of.get(id),
  retry: (of, id) => of.retry(id),
};
const ON_USERS: Readonly<Record<keyof AccountUsers, Ask<AccountUsers>>> = {
  addProperties: (of, id) => of.addProperties(id, { plan: "mine" }),
  get: (of, id) => of.get(id),
  delete: (of, id) => of.delete(id),
};
const ON_LABELS: Readonly<Record<Exclude<keyof AccountLabels, "create" | "list">, Ask<AccountLabels>>> = {
  get: (of, id) => of.get(id),
  update: (of, id) => of.update(id, { description: "mine now" }),
  delete: (of, id) => of.delete(id),
};

describe.each(storeFactories)("over %s", (_, open) => {
  /** A customer with a webhook, a delivery of each state and a user. */
  async function filled(
    sender: Sender,
    url: string,
  ): Promise<{
    readonly webhook: NewWebhook;
    readonly dead: string;
    readonly delivered: string;
    readonly writeKey: string;
  }> {
    const account = "globex";
    const webhook = await sender.webhooks.create({ url, topics, account });
    await sender.emit("a.b", "fails", { account });
    const [dead = ""] = await waitForState(sender, "dead");
    await sender.emit("a.b", "arrives", { account });
    const [delivered = ""] = await waitForState(sender, "delivered");
    await sender.users.addProperties("ann", { plan: "theirs" }, { account });
    await sender.labels.create({ name: "big", pattern: "c.*" }, { account });
    const writeKey = await sender.writeKeys.create({ account });
    return { webhook, dead, delivered, writeKey: writeKey.id };
  }

  /** Everything that the customer can read. */
  async function lookAt(
    sender: Sender,
    { webhook, dead }: Awaited<ReturnType<typeof filled>>,
  ): Promise<unknown> {
    return {
      webhooks: await sender.webhooks.list({ account: "globex" }),
      secrets: await sender.webhooks.secrets(webhook.id),
      deliveries: await sender.deliveries.list({ account: "globex" }),
      dead: await sender.deliveries.get(dead),
      user: await sender.users.get("ann", { account: "globex" }),
      labels: await sender.labels.list({ account: "globex" }),
      writeKeys: await sender.writeKeys.list({ account: "globex" }),
    };
  }

  function idsOf(of: Awaited<ReturnType<typeof filled>>): readonly string[] {
    return [of.webhook.id, of.dead, of.delivered, of.writeKey];
  }

  async function fails(
    asked: Promise<unknown>,
  ): Promise<{ readonly code: string; readonly message: string }> {
    return asked.then(
      () => ({ code: "none", message: "" }),
      ({ code, message }: { readonly code: string; readonly message: string }) => ({ code, message }),
    );
  }

  test("another account can neither read nor change anything, even with every id", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = (_, index) => (index < 4 ? 500 : 200);
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    const theirs = await filled(sender, sink.url);
    const before = await lookAt(sender, theirs);
    const stranger = sender.forAccount("acme");
    const unknownId = "0".repeat(theirs.webhook.id.length);
    for (const id of [...idsOf(theirs), "ann", "globex", "big"]) {
      for (const [name, ask] of Object.entries(ON_WEBHOOKS)) {
        const { code, message } = await fails(ask(stranger.webhooks, id));
        expect([name, code]).toEqual([name, "webhook_not_found"]);
        expect(message.replace(id, unknownId)).toBe((await fails(ask(stranger.webhooks, unknownId))).message);
      }
      for (const [name, ask] of Object.entries(ON_DELIVERIES)) {
        const { code, message } = await fails(ask(stranger.deliveries, id));
        expect([name, code]).toEqual([name, "delivery_not_found"]);
        expect(message.replace(id, unknownId)).toBe(
          (await fails(ask(stranger.deliveries, unknownId))).message,
        );
      }
      for (const ask of Object.values(ON_USERS)) await ask(stranger.users, id);
      for (const ask of Object.values(ON_LABELS))
        expect(await fails(ask(stranger.labels, id))).toMatchObject({ code: "label_not_found" });
      expect(await fails(stranger.writeKeys.delete(id))).toMatchObject({ code: "write_key_not_found" });
      expect(await stranger.deliveries.list({ webhook: id })).toEqual({ data: [], nextCursor: null });
      expect((await stranger.deliveries.stats({ webhook: id, since: "1d" })).webhooks).toEqual([]);
    }
    expect(await stranger.webhooks.list()).toEqual({ data: [], nextCursor: null });
    expect(await stranger.deliveries.list()).toEqual({ data: [], nextCursor: null });
    expect([...(await stranger.labels.list()), ...(await stranger.writeKeys.list())]).toEqual([]);
    expect(await stranger.webhooks.previewMatches({ topics: ["**"] })).toEqual({
      examinedCount: 0,
      matchedCount: 0,
      events: [],
    });
    expect(await stranger.deliveries.stats({ since: "1d" })).toMatchObject({
      total: { delivered: 0, waiting: 0, retrying: 0, dead: 0, p50Ms: null },
      webhooks: [],
    });
    expect(await stranger.emit("a.b", 1)).toMatchObject({ deliveryCount: 0 });
    expect(await lookAt(sender, theirs)).toEqual(before);
    expect(sink.requests).toHaveLength(5);
  });

  test("the account itself may use every operation", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = (_, index) => (index < 4 ? 500 : 200);
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    const { webhook, dead } = await filled(sender, sink.url);
    const own = sender.forAccount("globex");
    expect(own.account).toBe("globex");
    const { delete: deleteWebhook, ...others } = ON_WEBHOOKS;
    for (const ask of Object.values(others)) await ask(own.webhooks, webhook.id);
    expect(await own.webhooks.get(webhook.id)).toMatchObject({ description: "mine now", enabled: false });
    expect(await own.webhooks.secrets(webhook.id)).toEqual([{ value: SECRET, expiresAt: null }]);
    expect(await own.deliveries.get(dead)).toMatchObject({ delivery: { account: "globex" } });
    expect(await own.users.addProperties("ann", { seats: 2 })).toEqual({ plan: "theirs", seats: 2 });
    expect(await own.users.get("ann")).toEqual({ plan: "theirs", seats: 2 });
    expect([await own.users.delete("ann"), await own.users.delete("ann")]).toEqual([true, false]);
    await deleteWebhook(own.webhooks, webhook.id);
    expect((await own.webhooks.list()).data).toEqual([]);
  });

  test("webhooks and events belong to its account, and lists have pages", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    const acme = sender.forAccount("acme");
    const made = await acme.webhooks.create({ url: sink.url, topics });
    await acme.webhooks.create({ url: `${sink.url}/2`, topics });
    await sender.webhooks.create({ url: `${sink.url}/other`, topics });
    expect(made).toMatchObject({ account: "acme", secret: expect.stringMatching(/^sec_/) });
    expect(await acme.emit("a.b", 1, { id: "one", user: "ann" })).toMatchObject({
      id: "one",
      deliveryCount: 2,
    });
    await waitForState(sender, "delivered", 2);
    const first = await acme.webhooks.list({ limit: 1 });
    expect(first.data).toMatchObject([{ id: made.id }]);
    expect((await acme.webhooks.list({ cursor: first.nextCursor ?? "" })).data).toHaveLength(1);
    expect((await acme.deliveries.list({ webhook: made.id, state: "delivered" })).data).toHaveLength(1);
    expect((await acme.deliveries.list({}, { limit: 1 })).data).toHaveLength(1);
    expect(sink.requests.map(({ path }) => path).sort()).toEqual(["/", "/2"]);
  });

  test("an explicit account is rejected", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    const acme = sender.forAccount("acme");
    const other = { account: "globex" } as object;
    for (const asked of [
      acme.webhooks.create({ url: "https://example.com/", topics, ...other }),
      acme.webhooks.create(Object.assign(Object.create(other), { url: "https://example.com/", topics })),
      acme.webhooks.list(other),
      acme.deliveries.list(other),
      acme.deliveries.stats({ since: "1d", ...other }),
      acme.emit("a.b", 1, other),
      acme.emit("a.b", 1, null as never),
      acme.emit("a.b", 1, "globex" as never),
    ])
      await expect(asked).rejects.toMatchObject({ name: "HeronError", code: "option_invalid" });
    await (acme.users.addProperties as SenderAddProperties)("ann", { plan: "pro" }, other);
    expect(await sender.users.get("ann", { account: "globex" })).toBeNull();
    expect((await sender.webhooks.list()).data).toEqual([]);
    expect(acme.webhooks).not.toHaveProperty("reseal");
  });
});

type SenderAddProperties = (user: string, properties: object, options: object) => Promise<unknown>;

test("a webhook whose key is lost is hidden from other accounts, and its own account can delete it", async () => {
  const store = memoryStore();
  const before = createStartedSender({
    store: { ...store, close: async () => {} },
    encryptionKey: randomBytes(32),
  }).sender;
  const { id } = await before.forAccount("globex").webhooks.create({ url: "https://example.com/", topics });
  await before.close();
  const { sender } = createStartedSender({ store, encryptionKey: randomBytes(32) });
  await using _ = sender;
  const own = sender.forAccount("globex");
  for (const ask of Object.values(ON_WEBHOOKS))
    await expect(ask(sender.forAccount("acme").webhooks, id)).rejects.toMatchObject({
      code: "webhook_not_found",
    });
  await expect(own.webhooks.get(id)).rejects.toMatchObject({ code: "secret_unavailable" });
  await own.webhooks.delete(id);
  await expect(own.webhooks.get(id)).rejects.toMatchObject({ code: "webhook_not_found" });
});

test("the account has 1 to 255 characters", () => {
  const sender = createSender({ store: memoryStore() });
  for (const account of ["", "a".repeat(256), undefined as unknown as string])
    expect(() => sender.forAccount(account)).toThrow(
      expect.objectContaining({ code: "option_invalid" }) as Error,
    );
});

test("its events are typed as the sender's are, and checked as they are", async () => {
  const sender = createSender({
    store: memoryStore(),
    topics: { "invoice.paid": { example: { amount: 12.5 } } },
  });
  await using _ = sender;
  const acme = sender.forAccount("acme");
  expectTypeOf(acme.emit).parameter(0).toEqualTypeOf<"invoice.paid">();
  await acme.emit("invoice.paid", { amount: 1 }, { id: "one" });
  // @ts-expect-error: an amount is a number.
  await acme.emit("invoice.paid", { amount: "1" });
  // @ts-expect-error: whose they are is said.
  await expect(acme.emit("invoice.paid", { amount: 1 }, { account: "globex" })).rejects.toThrow(/account/);
  // @ts-expect-error: there is no such topic.
  await expect(acme.emit("invoice.payed", null)).rejects.toMatchObject({ code: "topic_unknown" });
  const untyped: AccountSender = acme;
  expect(untyped.account).toBe("acme");
  await sender.close();
  await expect(acme.emit("invoice.paid", { amount: 1 })).rejects.toMatchObject({ code: "closed" });
});
