import { describe, expect, test } from "vitest";
import { createClockedSender, createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

const topics = ["**"];
const MOST = 256 * 1024;

describe.each(storeFactories)("over %s", (_, open) => {
  test("events of a disabled account wait, other accounts are served", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    await sender.webhooks.create({ url: `${sink.url}/acme`, topics, account: "acme" });
    await sender.webhooks.create({ url: `${sink.url}/other`, topics, account: "other" });
    await sender.accounts.disable("acme");
    expect(await sender.emit("a.b", 1, { account: "acme" })).toMatchObject({ deliveryCount: 1 });
    await sender.emit("a.b", 2, { account: "other" });
    await waitForState(sender, "delivered");
    expect(sink.requests.map(({ path }) => path)).toEqual(["/other"]);
    expect((await sender.deliveries.list({ account: "acme" })).data).toMatchObject([
      { state: "pending", attemptCount: 0 },
    ]);
    await sender.accounts.enable("acme");
    await waitForState(sender, "delivered", 2);
    expect(sink.requests.map(({ path }) => path)).toEqual(["/other", "/acme"]);
  });

  test("a template that cannot be rendered does not open the circuit", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    const template = { rows: "{{ data.rows }}", again: "{{ data.rows }}" };
    const { id } = await sender.webhooks.create({ url: sink.url, topics, template });
    for (let n = 0; n < 12; n++) await sender.emit("a.b", { rows: "x".repeat(200_000) });
    const [dead = ""] = await waitForState(sender, "dead", 12);
    await sender.emit("a.b", { rows: "short" });
    await waitForState(sender, "delivered");
    expect(sink.requests).toHaveLength(1);
    expect(await sender.webhooks.pauses(id)).toEqual([]);
    expect((await sender.deliveries.get(dead)).delivery).toMatchObject({
      reason: expect.stringContaining("256 KiB"),
    });
  });

  test("the rate limit is kept, and everything arrives", async () => {
    await using sink = await RecordingServer.open();
    const { sender, clock } = createClockedSender(open);
    await using _sender = sender;
    const began = clock.now();
    const times: number[] = [];
    sink.respond = () => {
      times.push(clock.now() - began);
      return 200;
    };
    await sender.webhooks.create({ url: sink.url, topics, rateLimit: 2 });
    await Promise.all(Array.from({ length: 7 }, (_, n) => sender.emit("a.b", n)));
    await sink.received(2);
    for (let sent = 2; sent < 7; sent++) {
      await waitForState(sender, "delivered", sent);
      expect(sink.requests).toHaveLength(sent);
      await waitFor(
        () => sink.requests[sent],
        () => clock.advance(100),
      );
    }
    expect(times.slice(0, 2)).toEqual([0, 0]);
    for (const [n, at] of times.slice(2).entries()) expect(at).toBeGreaterThanOrEqual(500 * (n + 1));
  });

  test("attempts in flight never exceed the webhook's concurrency", async () => {
    await using narrow = await RecordingServer.open();
    await using wide = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    const most = new Map([narrow, wide].map((sink) => [sink, watched(sink)]));
    await sender.webhooks.create({ url: narrow.url, topics, concurrency: 2 });
    await sender.webhooks.create({ url: wide.url, topics, concurrency: 5 });
    await Promise.all(Array.from({ length: 30 }, (_, n) => sender.emit("a.b", n)));
    await waitForState(sender, "delivered", 60);
    expect([most.get(narrow)?.(), most.get(wide)?.()]).toEqual([2, 5]);
  });

  test("an event beyond the limit of pending deliveries is rejected and not stored", async () => {
    const { sender } = createStartedSender({ store: open({ maxPending: 3 }) });
    await using _sender = sender;
    await sender.accounts.disable("acme");
    for (let n = 0; n < 2; n++)
      await sender.webhooks.create({ url: "https://example.com/", topics, account: "acme" });
    const emit = (id: string): Promise<unknown> => sender.emit("a.b", id, { account: "acme", id });
    const results = await Promise.allSettled([emit("one"), emit("two"), sender.emit("a.b", 1)]);
    expect(results).toMatchObject([
      { value: { id: "one", deliveryCount: 2 } },
      { reason: { name: "HeronError", code: "limit_reached" } },
      { value: { deliveryCount: 0 } },
    ]);
    const { data } = await sender.deliveries.list();
    expect(data.map(({ event }) => event.id)).toEqual(["one", "one"]);
    expect(await emit("one")).toMatchObject({ duplicate: true, deliveryCount: 2 });
    const [webhook] = (await sender.webhooks.list()).data;
    await sender.webhooks.delete(webhook?.id ?? "");
    expect(await emit("two")).toMatchObject({ duplicate: false, deliveryCount: 1 });
  });
});

test("an event of 256 KiB is accepted, one byte more is rejected", async () => {
  const { sender, store } = createStartedSender();
  await using _ = sender;
  await sender.accounts.disable("default");
  await sender.webhooks.create({ url: "https://example.com/", topics });
  const created = "2026-01-01T00:00:00+00:00";
  const bare = JSON.stringify({ topic: "a.b", created, data: "", meta: null, id: "one" });
  const room = MOST - Buffer.byteLength(bare);
  // Two bytes each in UTF-8, one unit each in a string.
  const fits = "é".repeat(Math.floor(room / 2)) + "e".repeat(room % 2);
  await expect(sender.emit("a.b", `${fits}e`, { id: "one", created })).rejects.toMatchObject({
    code: "event_too_large",
    message: expect.stringContaining(`${MOST + 1} bytes`),
  });
  expect((await store.deliveries.list({}, {})).data).toEqual([]);
  expect(await sender.emit("a.b", fits, { id: "one", created })).toMatchObject({ duplicate: false });
});

test("an account is 1 to 255 characters", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  for (const account of ["", "a".repeat(256), 5 as unknown as string])
    for (const asked of [
      sender.accounts.disable(account),
      sender.accounts.enable(account),
      sender.emit("a.b", 1, { account }),
    ])
      await expect(asked).rejects.toMatchObject({ code: "option_invalid" });
});

/** Has a sink answer after some turns of the loop, and says how many it had at once at most. */
function watched(sink: RecordingServer): () => number {
  let [now, most] = [0, 0];
  sink.respond = async () => {
    most = Math.max(most, ++now);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    now--;
    return 200;
  };
  return () => most;
}
