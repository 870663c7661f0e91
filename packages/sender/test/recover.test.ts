import { describe, expect, test } from "vitest";
import type { Sender } from "../src/index.ts";
import { createClockedSender, createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

const HOUR = 3_600_000;
const topics = ["**"];

describe.each(storeFactories)("over %s", (_, open) => {
  test("a retried dead delivery has all attempts again, and the same id", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => 500;
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    const [id = ""] = await waitForState(sender, "dead");
    await sender.deliveries.retry(id);
    await waitFor(async () => ((await deadOf(sender, id)) === 8 ? true : undefined));
    sink.respond = () => 200;
    await sender.deliveries.retry(id);
    await waitForState(sender, "delivered");
    expect(await sender.deliveries.get(id)).toMatchObject({
      delivery: { state: "delivered", attemptCount: 9, reason: null },
    });
    expect(new Set(sink.requests.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([id]));
  });

  test("a delivered one can be sent again, with the same body and id", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    const [id = ""] = await waitForState(sender, "delivered");
    await sender.deliveries.retry(id);
    const [first, second] = await sink.received(2);
    expect(second?.body).toEqual(first?.body);
    expect(second?.headers["webhook-id"]).toBe(id);
    expect(second?.headers["heron-signature"]).toBe(first?.headers["heron-signature"]);
  });

  test("a pending or unknown delivery cannot be retried", async () => {
    const { sender } = createStartedSender({ store: open() });
    await using _sender = sender;
    await sender.accounts.disable("default");
    await sender.webhooks.create({ url: "https://example.com/", topics });
    await sender.emit("a.b", 1);
    const [pending] = (await sender.deliveries.list()).data;
    for (const id of [pending?.id ?? "", "dlv_nobody", "", "x"])
      await expect(sender.deliveries.retry(id)).rejects.toMatchObject({ code: "delivery_not_found" });
    for (const id of ["dlv_nobody", "", "x"])
      await expect(sender.deliveries.get(id)).rejects.toMatchObject({ code: "delivery_not_found" });
  });

  test("dead deliveries are requeued with all retries and a new age", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => 500;
    const { sender, clock } = createClockedSender(open, { expireAfter: "1h" });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    await waitForState(sender, "dead", 1, () => clock.advance(1));
    expect(sink.requests).toHaveLength(4);
    await clock.advance(2 * HOUR);
    sink.respond = (_, index) => (index < 7 ? 500 : 200);
    expect(await sender.webhooks.recover(id, { since: "3h" })).toBe(1);
    await waitForState(sender, "delivered", 1, () => clock.advance(1));
    expect(sink.requests).toHaveLength(8);
    expect(await sender.webhooks.recover(id, { since: "3h" })).toBe(0);
  });

  test("deliveries missed while disabled are created once, of events since then", async () => {
    await using sink = await RecordingServer.open();
    const { sender, clock } = createClockedSender(open);
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics: ["a.*"] });
    await sender.emit("a.b", "had");
    await waitForState(sender, "delivered");
    await sender.webhooks.disable(id);
    await sender.emit("a.b", "too old");
    await clock.advance(HOUR);
    const since = new Date(clock.now());
    for (const data of ["missed", "missed too"]) await sender.emit("a.b", data);
    await sender.emit("c.d", "not its own");
    await clock.advance(HOUR);
    await sender.webhooks.enable(id);
    expect(await sender.webhooks.recover(id, { since })).toBe(2);
    await waitForState(sender, "delivered", 3);
    const data = sink.events.map((event) => event.data);
    expect(data.sort()).toEqual(["had", "missed", "missed too"]);
    expect(await sender.webhooks.recover(id, { since })).toBe(0);
    expect(await sender.webhooks.recover(id, { since: "90m" })).toBe(0);
    expect(await sender.webhooks.recover(id, { since: "121m" })).toBe(1);
  });

  test("a webhook for ** does not recover reserved events", async () => {
    await using gone = await RecordingServer.open();
    gone.respond = () => 410;
    const { sender } = createClockedSender(open);
    await using _sender = sender;
    await sender.webhooks.create({ url: gone.url, topics: ["a.b"] });
    const late = await sender.webhooks.create({ url: "https://example.com/", topics: ["c.d"] });
    await sender.webhooks.disable(late.id);
    await sender.emit("a.b", 1);
    await waitForState(sender, "dead");
    await sender.webhooks.update(late.id, { topics });
    expect(await sender.webhooks.recover(late.id, { since: "1h" })).toBe(1);
    await sender.webhooks.update(late.id, { topics: ["webhook.*"] });
    expect(await sender.webhooks.recover(late.id, { since: "1h" })).toBe(1);
  });

  test("more deliveries are recovered than one step has", async () => {
    const { sender } = createClockedSender(open);
    await using _sender = sender;
    await sender.accounts.disable("default");
    const { id } = await sender.webhooks.create({ url: "https://example.com/", topics });
    await sender.webhooks.disable(id);
    await Promise.all(Array.from({ length: 1001 }, (_, n) => sender.emit("a.b", n)));
    expect(await sender.webhooks.recover(id, { since: "1h" })).toBe(1001);
    expect(await sender.webhooks.recover(id, { since: "1h" })).toBe(0);
  });
});

test("since is a time or a duration", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  const { id } = await sender.webhooks.create({ url: "https://example.com/", topics });
  for (const since of [new Date("never"), "yesterday" as "1d", 0, "400d" as const])
    await expect(sender.webhooks.recover(id, { since })).rejects.toMatchObject({ code: "option_invalid" });
  expect(await sender.webhooks.recover(id, { since: new Date(Date.now() + HOUR) })).toBe(0);
});

async function deadOf(sender: Sender, id: string): Promise<number | null> {
  const { delivery } = await sender.deliveries.get(id);
  return delivery.state === "dead" ? delivery.attemptCount : null;
}
