import { manualClock } from "@heron-webhooks/core/testing";
import { expect, test } from "vitest";
import { createSender, memoryStore, type SenderOptions } from "../src/index.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";

test.each<[string, Record<string, unknown>]>([
  ["a name that it does not have", { retries: 3 }],
  ["a name in other letters", { Store: memoryStore() }],
  ["a fractional concurrency", { concurrency: 0.5 }],
  ["a concurrency of 0", { concurrency: 0 }],
  ["concurrency as text", { concurrency: "64" }],
  ["too large a concurrency", { concurrency: 10_001 }],
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

test("an unknown option is named, with the valid ones", () => {
  expect(() => createSender({ store: memoryStore(), retires: 3 } as SenderOptions)).toThrow(
    /"retires".*\bretry\b/,
  );
});

test("undefined means the default", async () => {
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

test("events emitted before start() are delivered after it", async () => {
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

test("a closing sender rejects events, and close() again returns the same promise", async () => {
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

test("an invalid event is rejected with a reason", async () => {
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
