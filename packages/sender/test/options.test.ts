import { manualClock } from "@heron-webhooks/core/testing";
import { expect, test } from "vitest";
import { createSender, memoryStore, type SenderOptions } from "../src/index.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";

test.each<[string, Record<string, unknown>]>([
  ["a name that it does not have", { retries: 3 }],
  ["a name in other letters", { Store: memoryStore() }],
  ["half a slot", { concurrency: 0.5 }],
  ["no slot", { concurrency: 0 }],
  ["slots as text", { concurrency: "64" }],
  ["too many slots", { concurrency: 10_001 }],
  ["a time limit over two minutes", { timeout: "3m" }],
  ["no time limit", { timeout: 0 }],
  ["a length of time that is none", { timeout: "soon" }],
  ["a negative length of time", { expireAfter: -1 }],
  ["over a year", { disableAfter: "366d" }],
  ["nothing kept at all", { keepFor: "0d" }],
  ["an answer of over 64 KiB", { maxResponseBytes: 65_537 }],
  ["a negative answer", { maxResponseBytes: -1 }],
  ["no webhook", { maxWebhooks: 0 }],
  ["a key that is too short", { encryptionKey: "short" }],
  ["a list without a key", { encryptionKey: [] }],
  ["a range that is none", { egress: { allow: ["127.0.0.1"] } }],
  ["ranges that are no list", { egress: { allow: "127.0.0.0/8" } }],
  ["a schedule by name", { retry: "standard" }],
  ["a schedule without delays", { retry: { jitter: 0 } }],
  ["a schedule whose delays are none", { retry: { delays: ["soon"] } }],
])("%s is refused", (_, options) => {
  const create = (): unknown => createSender({ store: memoryStore(), ...options } as SenderOptions);
  expect(create).toThrow(expect.objectContaining({ name: "HeronError", code: "option_invalid" }) as Error);
});

test("the name of an option that is not known is said, with those that are", () => {
  expect(() => createSender({ store: memoryStore(), retires: 3 } as SenderOptions)).toThrow(
    /"retires".*\bretry\b/,
  );
});

test("undefined is as good as nothing", async () => {
  const none = {
    concurrency: undefined,
    retry: undefined,
    egress: undefined,
    hooks: undefined,
    topics: undefined,
  };
  await using sender = createSender({ store: memoryStore(), ...none });
  expect(await sender.emit("a.b", 1)).toMatchObject({ deliveryCount: 0 });
});

test("a delay may be written as a length of time", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = (_, index) => (index === 0 ? 500 : 200);
  const schedule = { delays: ["1ms"], jitter: 0 } as unknown as SenderOptions["retry"];
  const { sender } = createStartedSender({ retry: schedule });
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", 1);
  await waitForState(sender, "delivered");
});

test("what is emitted before it is started waits, and goes out then", async () => {
  await using sink = await RecordingServer.open();
  const egress = { allow: ["127.0.0.0/8"], allowHttp: true };
  await using sender = createSender({ store: memoryStore(), egress });
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", 1);
  expect((await sender.deliveries.list()).data).toMatchObject([{ waitingFor: { kind: "slot" } }]);
  expect(sink.requests).toEqual([]);
  sender.start();
  sender.start();
  await waitForState(sender, "delivered");
  expect(sink.requests).toHaveLength(1);
});

test("once it is closing it takes no events, and closing again is the same closing", async () => {
  const { sender } = createStartedSender({ clock: manualClock() });
  const before = sender.emit("a.b", 1);
  const closing = sender.close();
  await expect(sender.emit("a.b", 2)).rejects.toMatchObject({ name: "HeronError", code: "closed" });
  expect(await before).toMatchObject({ duplicate: false });
  expect(sender.close()).toBe(closing);
  await closing;
  await sender[Symbol.asyncDispose]();
  sender.start();
  await expect(sender.emit("a.b", 3)).rejects.toMatchObject({ code: "closed" });
});

test("an event that is none is refused, and names what is wrong with it", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  const refused = async (attempt: Promise<unknown>, code: string): Promise<void> =>
    expect(attempt).rejects.toMatchObject({ name: "HeronError", code });
  await refused(sender.emit("invoice", 1), "topic_invalid");
  await refused(sender.emit("Invoice.Paid", 1), "topic_invalid");
  await refused(sender.emit(undefined as unknown as string, 1), "topic_invalid");
  await refused(sender.emit("a.b", 10n), "invalid_event");
  await refused(sender.emit("a.b", 1, { id: "" }), "invalid_event");
  await refused(sender.emit("a.b", 1, { created: "yesterday" }), "invalid_event");
  await refused(sender.emit("a.b", 1, { created: new Date("never") }), "invalid_event");
  await refused(sender.emit("a.b", 1, { tx: {} }), "tx_unsupported");
});
