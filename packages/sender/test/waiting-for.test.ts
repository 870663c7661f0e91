import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { describe, expect, test } from "vitest";
import type { Delivery, Sender } from "../src/index.ts";
import { createClockedSender, createStartedSender } from "./create-test-sender.ts";
import { createDeferredAnswer, RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

const topics = ["**"];
const schedule = createRetryPolicy({ delays: ["10m"], jitter: 0 });

describe.each(storeFactories)("over %s", (_, open) => {
  test("a delivery that failed waits for the time of its next attempt", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => 500;
    const { sender, clock } = createClockedSender(open, { retry: schedule });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    const [{ id, waitingFor }] = await attempted(sender, 1);
    expect(waitingFor).toEqual({ kind: "retry", remainingMs: 600_000 });
    await clock.advance(60_000);
    expect((await sender.deliveries.get(id)).delivery).toMatchObject({
      state: "pending",
      nextAttemptInMs: 540_000,
      waitingFor: { kind: "retry", remainingMs: 540_000 },
    });
  });

  test("it waits for a slot while others of its webhook are in flight, or itself is", async () => {
    await using sink = await RecordingServer.open();
    const { answer, resolveAnswer } = createDeferredAnswer(200);
    sink.respond = () => answer;
    const { sender } = createClockedSender(open, { retry: schedule });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics, concurrency: 1 });
    await sender.emit("a.b", 1);
    await sink.received(1);
    await sender.emit("a.b", 2);
    const { data } = await sender.deliveries.list({ webhook: id });
    expect(data.map(({ waitingFor }) => waitingFor)).toEqual([{ kind: "slot" }, { kind: "slot" }]);
    resolveAnswer();
  });

  test("it names the pauses of Retry-After and the circuit, with the remaining time", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => ({ status: 503, headers: { "retry-after": "120" } });
    const { sender, clock } = createClockedSender(open, { retry: schedule });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics, concurrency: 1 });
    await sender.emit("a.b", 1);
    await attempted(sender, 1);
    await sender.emit("a.b", 2);
    const pause = { kind: "pause", reason: "retry_after", scope: "webhook" };
    expect(await waits(sender)).toEqual([
      { ...pause, remainingMs: 120_000 },
      { kind: "retry", remainingMs: 600_000 },
    ]);
    await sender.accounts.disable("default");
    const longest = { kind: "pause", reason: "disabled", scope: "account", remainingMs: null };
    expect(await waits(sender)).toEqual([longest, longest]);
    await sender.accounts.enable("default");
    sink.respond = () => 500;
    await clock.advance(120_000);
    await waitFor(() => sink.requests[1]);
    for (let n = 3; n <= 10; n++) await sender.emit("a.b", n);
    await attempted(sender, 10);
    await sender.emit("a.b", 11);
    expect((await waits(sender))[0]).toEqual({
      kind: "pause",
      reason: "circuit_open",
      scope: "webhook",
      remainingMs: 60_000,
    });
    expect(await sender.webhooks.pauses(id)).toContainEqual({
      reason: "circuit_open",
      scope: "webhook",
      remainingMs: 60_000,
    });
  });

  test("it names the pause of a disabled webhook or account", async () => {
    const { sender } = createClockedSender(open, { retry: schedule });
    await using _sender = sender;
    await sender.accounts.disable("acme");
    const { id } = await sender.webhooks.create({ url: "https://example.com/", topics, account: "acme" });
    await sender.emit("a.b", 1, { account: "acme" });
    const pause = { kind: "pause", reason: "disabled", remainingMs: null };
    expect(await waits(sender)).toEqual([{ ...pause, scope: "account" }]);
    expect(await sender.webhooks.pauses(id)).toEqual([
      { reason: "disabled", scope: "account", remainingMs: null },
    ]);
    await sender.webhooks.disable(id);
    await sender.accounts.enable("acme");
    expect(await waits(sender)).toEqual([{ ...pause, scope: "webhook" }]);
    expect(await sender.webhooks.pauses(id)).toEqual([
      { reason: "disabled", scope: "webhook", remainingMs: null },
    ]);
  });

  test("a delivery that is not pending waits for nothing", async () => {
    await using sink = await RecordingServer.open();
    const { sender } = createClockedSender(open, { retry: schedule });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    const [{ id }] = await attempted(sender, 1);
    expect((await sender.deliveries.get(id)).delivery).toMatchObject({
      state: "delivered",
      waitingFor: null,
    });
    expect(await waits(sender)).toEqual([null]);
  });
});

test("an unknown state is rejected", async () => {
  const { sender } = createStartedSender();
  await using _ = sender;
  const listed = sender.deliveries.list({ state: "failed" as "dead" });
  await expect(listed).rejects.toMatchObject({ name: "HeronError", code: "option_invalid" });
});

async function waits(sender: Sender): Promise<readonly Delivery["waitingFor"][]> {
  return (await sender.deliveries.list()).data.map(({ waitingFor }) => waitingFor);
}

/** Resolves once so many deliveries have been attempted, with all of them, the newest first. */
function attempted(sender: Sender, count: number): Promise<readonly [Delivery, ...Delivery[]]> {
  return waitFor(async () => {
    const { data } = await sender.deliveries.list();
    const [first, ...rest] = data;
    const done = data.filter(({ attemptCount }) => attemptCount > 0).length >= count;
    return done && first !== undefined ? [first, ...rest] : undefined;
  });
}
