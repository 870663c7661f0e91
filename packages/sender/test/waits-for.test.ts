import { retrySchedule } from "@heron-webhooks/core";
import { describe, expect, test } from "vitest";
import type { Delivery, Sender } from "../src/index.ts";
import { clocked, opened } from "./opened.ts";
import { held, Sink } from "./sink.ts";
import { stores } from "./stores.ts";
import { until } from "./until.ts";

const topics = ["**"];
const schedule = retrySchedule({ delays: ["10m"], jitter: 0 });

describe.each(stores)("over %s", (_, open) => {
  test("a delivery that failed waits for the time of its next attempt", async () => {
    await using sink = await Sink.open();
    sink.answer = () => 500;
    const { sender, clock } = clocked(open, { schedule });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    const [{ id, waitsFor }] = await attempted(sender, 1);
    expect(waitsFor).toEqual({ for: "retry", ms: 600_000 });
    await clock.advance(60_000);
    expect((await sender.deliveries.get(id)).delivery).toMatchObject({
      state: "pending",
      dueIn: 540_000,
      waitsFor: { for: "retry", ms: 540_000 },
    });
  });

  test("it waits for its turn while others of its webhook are attempted, or itself is", async () => {
    await using sink = await Sink.open();
    const { answer, give } = held(200);
    sink.answer = () => answer;
    const { sender } = clocked(open, { schedule });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics, concurrency: 1 });
    await sender.emit("a.b", 1);
    await sink.received(1);
    await sender.emit("a.b", 2);
    const { items } = await sender.deliveries.list({ webhook: id });
    expect(items.map(({ waitsFor }) => waitsFor)).toEqual([{ for: "turn" }, { for: "turn" }]);
    give();
  });

  test("what Retry-After and the circuit close is told by name, and for how long", async () => {
    await using sink = await Sink.open();
    sink.answer = () => ({ status: 503, headers: { "retry-after": "120" } });
    const { sender, clock } = clocked(open, { schedule });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics, concurrency: 1 });
    await sender.emit("a.b", 1);
    await attempted(sender, 1);
    await sender.emit("a.b", 2);
    const gate = { for: "gate", gate: "retry-after", scope: "webhook" };
    expect(await waits(sender)).toEqual([
      { ...gate, ms: 120_000 },
      { for: "retry", ms: 600_000 },
    ]);
    await sender.accounts.disable("default");
    const longest = { for: "gate", gate: "disabled", scope: "account", ms: null };
    expect(await waits(sender)).toEqual([longest, longest]);
    await sender.accounts.enable("default");
    sink.answer = () => 500;
    await clock.advance(120_000);
    await until(() => sink.requests[1]);
    for (let n = 3; n <= 10; n++) await sender.emit("a.b", n);
    await attempted(sender, 10);
    await sender.emit("a.b", 11);
    expect((await waits(sender))[0]).toEqual({ for: "gate", gate: "circuit", scope: "webhook", ms: 60_000 });
    expect(await sender.webhooks.gates(id)).toContainEqual({
      gate: "circuit",
      scope: "webhook",
      closedMs: 60_000,
    });
  });

  test("it waits for whoever disabled its webhook or its account", async () => {
    const { sender } = clocked(open, { schedule });
    await using _sender = sender;
    await sender.accounts.disable("acme");
    const { id } = await sender.webhooks.create({ url: "https://example.com/", topics, account: "acme" });
    await sender.emit("a.b", 1, { account: "acme" });
    const gate = { for: "gate", gate: "disabled", ms: null };
    expect(await waits(sender)).toEqual([{ ...gate, scope: "account" }]);
    expect(await sender.webhooks.gates(id)).toEqual([{ gate: "disabled", scope: "account", closedMs: null }]);
    await sender.webhooks.disable(id);
    await sender.accounts.enable("acme");
    expect(await waits(sender)).toEqual([{ ...gate, scope: "webhook" }]);
    expect(await sender.webhooks.gates(id)).toEqual([{ gate: "disabled", scope: "webhook", closedMs: null }]);
  });

  test("one that is settled waits for nothing", async () => {
    await using sink = await Sink.open();
    const { sender } = clocked(open, { schedule });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    const [{ id }] = await attempted(sender, 1);
    expect((await sender.deliveries.get(id)).delivery).toMatchObject({ state: "delivered", waitsFor: null });
    expect(await waits(sender)).toEqual([null]);
  });
});

test("a state that is none is refused rather than found nowhere", async () => {
  const { sender } = opened();
  await using _ = sender;
  const listed = sender.deliveries.list({ state: "failed" as "dead" });
  await expect(listed).rejects.toMatchObject({ name: "HeronError", code: "option_invalid" });
});

async function waits(sender: Sender): Promise<readonly Delivery["waitsFor"][]> {
  return (await sender.deliveries.list()).items.map(({ waitsFor }) => waitsFor);
}

/** Resolves once so many deliveries have been attempted, with all of them, the newest first. */
function attempted(sender: Sender, count: number): Promise<readonly [Delivery, ...Delivery[]]> {
  return until(async () => {
    const { items } = await sender.deliveries.list();
    const [first, ...rest] = items;
    const done = items.filter(({ attempts }) => attempts > 0).length >= count;
    return done && first !== undefined ? [first, ...rest] : undefined;
  });
}
