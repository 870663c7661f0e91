import { describe, expect, test } from "vitest";
import type { Condition, LabelInput } from "../src/index.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";

const topics = { "invoice.paid": { example: { amount: 12.5 } }, "invoice.void": { example: { why: "x" } } };
const BIG: Condition = { path: "data.amount", op: "gt", value: 100 };

describe.each(storeFactories)("over %s", (_, open) => {
  test("a derived event is delivered to webhooks that subscribe to the label, with the user's properties", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open(), topics });
    await using _ = sender;
    const template = { amount: "{{ data.amount }}", plan: "{{ user.plan }}", raw: "{{ meta.raw.topic }}" };
    await sender.webhooks.create({ url: sink.url, topics: ["label.big_invoice"], template });
    await sender.users.addProperties("ann", { plan: "pro" });
    const label = await sender.labels.create({
      name: "big_invoice",
      pattern: "invoice.*",
      conditions: [BIG],
    });
    expect(label).toEqual({
      account: "default",
      name: "big_invoice",
      topic: "label.big_invoice",
      pattern: "invoice.*",
      conditions: [BIG],
      description: "",
      createdAt: expect.any(Number),
    });
    await sender.emit("invoice.paid", { amount: 5 }, { user: "ann" });
    expect(await sender.emit("invoice.paid", { amount: 500 }, { user: "ann" })).toMatchObject({
      deliveryCount: 0,
    });
    await waitForState(sender, "delivered");
    expect(sink.requests.map((request) => JSON.parse(request.body.toString()))).toEqual([
      { amount: 500, plan: "pro", raw: "invoice.paid" },
    ]);
  });

  test("a label is updated, read and deleted by name", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { labels } = sender;
    await labels.create({ name: "one", pattern: "a.*" });
    await expect(labels.create({ name: "one", pattern: "b.*" })).rejects.toMatchObject({
      code: "label_exists",
    });
    expect(await labels.update("one", { conditions: [BIG], description: "big ones" })).toMatchObject({
      pattern: "a.*",
      conditions: [BIG],
      description: "big ones",
    });
    expect(await labels.get("one")).toMatchObject({ topic: "label.one", conditions: [BIG] });
    expect(await labels.list()).toEqual([await labels.get("one")]);
    expect(await labels.list({ account: "other" })).toEqual([]);
    await labels.delete("one");
    for (const asked of [labels.get("one"), labels.update("one", {}), labels.delete("one")])
      await expect(asked).rejects.toMatchObject({ code: "label_not_found" });
  });

  test("an account has at most a hundred labels", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    for (let n = 0; n < 100; n++) await sender.labels.create({ name: `label_${n}`, pattern: "a.*" });
    await expect(sender.labels.create({ name: "more", pattern: "a.*" })).rejects.toMatchObject({
      code: "limit_reached",
    });
    await sender.labels.create({ name: "more", pattern: "a.*" }, { account: "other" });
  });

  test("a webhook's conditions are stored, updated and removed", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { webhooks } = sender;
    const { id, conditions } = await webhooks.create({
      url: "https://example.com/",
      topics: ["**"],
      conditions: [BIG],
    });
    expect(conditions).toEqual([BIG]);
    expect(await webhooks.update(id, { description: "d" })).toMatchObject({ conditions: [BIG] });
    await expect(webhooks.update(id, { conditions: [{ ...BIG, op: "like" as "eq" }] })).rejects.toMatchObject(
      {
        code: "condition_invalid",
      },
    );
    expect(await sender.emit("a.b", { amount: 1 })).toMatchObject({ deliveryCount: 0 });
    expect(await webhooks.update(id, { conditions: [] })).toMatchObject({ conditions: [] });
    expect((await webhooks.get(id)).conditions).toEqual([]);
    expect(await sender.emit("a.b", { amount: 1 })).toMatchObject({ deliveryCount: 1 });
  });

  test("previewMatches() lists recent events that match", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open(), topics });
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    await sender.users.addProperties("ann", { plan: "pro" });
    await sender.emit("invoice.void", { why: "test" });
    for (const amount of [50, 150, 250]) await sender.emit("invoice.paid", { amount }, { user: "ann" });
    const pro: Condition = { path: "user.plan", op: "eq", value: "pro" };
    const found = await sender.webhooks.previewMatches({ topics: ["invoice.paid"], conditions: [BIG, pro] });
    expect(found).toMatchObject({ examinedCount: 4, matchedCount: 2 });
    expect(found.events).toHaveLength(2);
    expect(found.events[0]).toMatchObject({
      topic: "invoice.paid",
      delivery: expect.stringMatching(/^dlv_/),
    });
    expect(await sender.webhooks.previewMatches({ topics: ["**"] })).toMatchObject({
      examinedCount: 4,
      matchedCount: 4,
    });
    await expect(sender.webhooks.previewMatches({ topics: ["*.*.*.*.*"] })).rejects.toMatchObject({
      code: "pattern_invalid",
    });
  });

  test("a test event and a preview of a label use the example of a topic that it matches", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open(), topics });
    await using _ = sender;
    await sender.labels.create({ name: "lost", pattern: "invoice.void" });
    const input = { url: sink.url, topics: ["label.*"], template: { why: "{{ data.why }}" } };
    const { id } = await sender.webhooks.create(input);
    expect(await sender.webhooks.sendTest(id)).toMatchObject({
      ok: true,
      topic: "label.lost",
      body: '{"why":"x"}',
    });
    expect(await sender.webhooks.preview(input, { topic: "label.lost" })).toMatchObject({
      body: '{"why":"x"}',
    });
  });

  test("a write key is returned once, and finds its account until it is deleted", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _ = sender;
    const { key, ...made } = await sender.writeKeys.create({ account: "acme", description: "shop" });
    expect(key).toMatch(/^app_[\w-]{32}$/);
    expect(made).toEqual({
      id: expect.stringMatching(/^wky_[0-9a-f]{24}$/),
      account: "acme",
      lastFour: key.slice(-4),
      description: "shop",
      createdAt: expect.any(Number),
    });
    expect(await sender.writeKeys.list({ account: "acme" })).toEqual([made]);
    expect(JSON.stringify(await sender.writeKeys.list({ account: "acme" }))).not.toContain(key.slice(4, 20));
    expect(await sender.writeKeys.find(key)).toEqual(made);
    const last = key.endsWith("A") ? "B" : "A";
    for (const other of [key.slice(0, -1) + last, key.slice(0, -1), `${key}a`, "acme", made.id, ""])
      expect(await sender.writeKeys.find(other)).toBeNull();
    await expect(sender.writeKeys.delete(made.id)).rejects.toMatchObject({ code: "write_key_not_found" });
    await sender.writeKeys.delete(made.id, { account: "acme" });
    expect(await sender.writeKeys.find(key)).toBeNull();
  });
});

test.each<[string, Partial<LabelInput>, string]>([
  ["a name with a dot", { name: "a.b" }, "label_invalid"],
  ["a name in capitals", { name: "Big" }, "label_invalid"],
  ["no name", { name: "" }, "label_invalid"],
  ["a name that is too long", { name: "x".repeat(65) }, "label_invalid"],
  ["no pattern", { pattern: "invoice" }, "pattern_invalid"],
  ["a pattern for labels", { pattern: "label.*" }, "pattern_invalid"],
  ["a pattern for the sender's own", { pattern: "webhook.disabled" }, "pattern_invalid"],
  ["a condition that is none", { conditions: [{ path: "x", op: "eq", value: 1 }] }, "condition_invalid"],
  ["an option that there is not", { whn: [] } as Partial<LabelInput>, "option_invalid"],
])("%s is rejected, and nothing is stored", async (_, parts, code) => {
  const { sender } = createStartedSender();
  await using __ = sender;
  await expect(sender.labels.create({ name: "one", pattern: "a.*", ...parts })).rejects.toMatchObject({
    code,
  });
  expect(await sender.labels.list()).toEqual([]);
});
