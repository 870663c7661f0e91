import { describe, expect, expectTypeOf, test } from "vitest";
import { createSender, memoryStore, type Sender, type Topics } from "../src/index.ts";
import { createStartedSender } from "./create-test-sender.ts";

const paid = {
  description: "An invoice was paid.",
  example: { amount: 12.5, currency: "EUR", tags: ["new"], note: null as string | null },
  schema: {
    type: "object",
    required: ["amount"],
    properties: { amount: { type: "number", minimum: 0 }, currency: { enum: ["EUR", "USD"] } },
  },
};

function offering<const T extends Topics>(topics: T): Sender<T> {
  return createSender({ store: memoryStore(), topics });
}

describe("types", () => {
  test("the data of an event is typed from the topic's example, any value of each of its types", async () => {
    const sender = createSender({
      store: memoryStore(),
      topics: {
        "invoice.paid": { example: { amount: 12.5, tags: ["new"] } },
        "user.left": { example: null },
      },
    });
    await using _ = sender;
    type Data = Parameters<typeof sender.emit<"invoice.paid">>[1];
    expectTypeOf<Data>().toEqualTypeOf<{ amount: number; tags: string[] }>();
    expectTypeOf(sender.emit<"user.left">)
      .parameter(1)
      .toEqualTypeOf<null>();
    expectTypeOf(sender.emit).parameter(0).toEqualTypeOf<"invoice.paid" | "user.left">();
    await sender.emit("invoice.paid", { amount: 99, tags: [] });
    // @ts-expect-error: an amount is a number.
    await sender.emit("invoice.paid", { amount: "99", tags: [] });
    // @ts-expect-error: there is no such topic.
    await expect(sender.emit("invoice.payed", null)).rejects.toMatchObject({ code: "topic_unknown" });
  });

  test("an example may be given a type that is wider than itself", async () => {
    const sender = createSender({ store: memoryStore(), topics: { "invoice.paid": paid } });
    await using _ = sender;
    await sender.emit("invoice.paid", { amount: 1, currency: "USD", tags: [], note: "thanks" });
  });

  test("without a catalogue any topic and any data may be emitted", async () => {
    const sender = createSender({ store: memoryStore() });
    await using _ = sender;
    expectTypeOf(sender).toEqualTypeOf<Sender>();
    expectTypeOf(sender.emit).parameter(0).toEqualTypeOf<string>();
    expectTypeOf(sender.emit).parameter(1).toEqualTypeOf<unknown>();
    await sender.emit("whatever.happened", [1, { a: null }]);
    expect(sender.topics).toBeNull();
  });
});

test("the catalogue is public", async () => {
  const topics = { "invoice.paid": paid };
  const sender = offering(topics);
  await using _ = sender;
  expect(sender.topics).toBe(topics);
});

test("a topic outside the catalogue is rejected, and nothing is stored", async () => {
  const { sender, store } = createStartedSender({ topics: { "invoice.paid": paid } });
  await using _ = sender;
  await sender.webhooks.create({ url: "https://example.com/", topics: ["**"] });
  await expect(sender.emit("invoice.refunded", {})).rejects.toMatchObject({
    code: "topic_unknown",
    message: expect.stringContaining("invoice.paid"),
  });
  await expect(sender.emit("constructor", {})).rejects.toMatchObject({ code: "topic_unknown" });
  expect((await store.deliveries.list({}, {})).data).toEqual([]);
});

test("data that does not match the schema is rejected, and nothing is stored", async () => {
  const { sender, store } = createStartedSender({
    topics: { "invoice.paid": paid, "user.left": { example: 1 } },
  });
  await using _ = sender;
  await sender.webhooks.create({ url: "https://example.com/", topics: ["**"] });
  for (const data of [{}, { amount: -1 }, { amount: 1, currency: "GBP" }, null, undefined])
    await expect(sender.emit("invoice.paid", data)).rejects.toMatchObject({
      name: "HeronError",
      code: "schema_mismatch",
      message: expect.stringContaining("invoice.paid"),
    });
  expect((await store.deliveries.list({}, {})).data).toEqual([]);
  expect(await sender.emit("invoice.paid", { amount: 1, more: true })).toMatchObject({ deliveryCount: 1 });
  expect(await sender.emit("user.left", "of any kind: it has no schema")).toMatchObject({ deliveryCount: 1 });
});

test.each<[string, Topics, string]>([
  ["a name that is no topic", { invoice: { example: 1 } }, "topic_invalid"],
  ["a pattern", { "invoice.*": { example: 1 } }, "topic_invalid"],
  ["a topic of the sender's own", { "webhook.disabled": { example: 1 } }, "topic_invalid"],
  ["another one", { "label.made": { example: 1 } }, "topic_invalid"],
  [
    "an example that is not as its schema has it",
    { "a.b": { example: "text", schema: { type: "number" } } },
    "option_invalid",
  ],
  ["a schema that is none", { "a.b": { example: 1, schema: { type: "numbre" } } }, "option_invalid"],
])("%s cannot be offered", (_, topics, code) => {
  expect(() => offering(topics)).toThrow(expect.objectContaining({ name: "HeronError", code }) as Error);
});

test.each([["webhook.disabled"], ["webhook.anything"], ["label.made"]])(
  "%s is reserved for the sender",
  async (topic) => {
    const { sender } = createStartedSender();
    await using _ = sender;
    await expect(sender.emit(topic, null)).rejects.toMatchObject({ code: "topic_invalid" });
  },
);

test("topics that resemble reserved ones may be emitted", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  for (const topic of ["webhooks.made", "my.webhook", "labels.webhook.made"])
    expect(await sender.emit(topic, null)).toMatchObject({ deliveryCount: 0 });
});
