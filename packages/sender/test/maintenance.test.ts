import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { manualClock } from "@heron-webhooks/core/testing";
import { describe, expect, test } from "vitest";
import type { SenderOptions } from "../src/index.ts";
import { createClockedSender, createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

const MINUTE = 60_000;
const topics = ["**"];

describe.each(storeFactories)("over %s", (_, open) => {
  test("events are retained for keepFor, and longer while deliveries are pending", async () => {
    await using sink = await RecordingServer.open();
    const { sender, clock } = createClockedSender(open, { keepFor: "30m" });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    const waiting = await sender.webhooks.create({ url: "https://example.com/", topics, account: "b" });
    await sender.accounts.disable("b");
    await sender.emit("a.b", 1, { id: "one" });
    await sender.emit("a.b", 2, { account: "b" });
    const [id = ""] = await waitForState(sender, "delivered");
    await clock.advance(29 * MINUTE);
    expect((await sender.deliveries.get(id)).attempts).toHaveLength(1);
    expect(await sender.emit("a.b", 1, { id: "one" })).toMatchObject({ duplicate: true });
    const gone = async (): Promise<true | undefined> =>
      sender.deliveries.get(id).then(
        () => undefined,
        ({ code }: { code: string }) => (code === "delivery_not_found" ? true : undefined),
      );
    await waitFor(gone, () => clock.advance(MINUTE));
    expect(clock.now() - Date.UTC(2026, 0, 1)).toBeLessThan(40 * MINUTE);
    const { data } = await sender.deliveries.list();
    expect(data).toMatchObject([{ webhook: waiting.id, state: "pending" }]);
    expect(await sender.emit("a.b", 1, { id: "one" })).toMatchObject({ duplicate: false });
  });

  test("the log is limited to keepBytes, and prune() prunes it at once", async () => {
    await using sink = await RecordingServer.open();
    const { sender, clock } = createClockedSender(open, { keepBytes: 1_000_000 });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    for (let n = 0; n < 10; n++) await sender.emit("a.b", "x".repeat(200_000), { id: `large_${n}` });
    await waitForState(sender, "delivered", 10);
    const pruned = await sender.prune();
    expect(pruned).toBeGreaterThan(4);
    expect(pruned).toBeLessThan(10);
    expect((await sender.deliveries.list()).data).toHaveLength(10 - pruned);
    await clock.advance(1000);
    await expect(sender.prune({ olderThan: "1 year" as "1d" })).rejects.toMatchObject({
      code: "option_invalid",
    });
    expect(await sender.prune({ olderThan: "1h" })).toBe(0);
    expect(await sender.prune({ olderThan: 0 })).toBe(10 - pruned);
    await sender.close();
    await expect(sender.prune()).rejects.toMatchObject({ code: "closed" });
  });

  test("a delivery that fails for too long expires before its last retry", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => 500;
    const retry = createRetryPolicy({ delays: Array.from({ length: 9 }, () => "10m" as const), jitter: 0 });
    const dead: string[] = [];
    const hooks = { onDead: (reason: string) => void dead.push(reason) };
    const { sender, clock } = createClockedSender(open, { expireAfter: "25m", retry, hooks });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    const [id = ""] = await waitForState(sender, "dead", 1, () => clock.advance(MINUTE));
    const { delivery } = await sender.deliveries.get(id);
    expect(delivery).toMatchObject({ attemptCount: 3, reason: "expired", responseStatus: 500 });
    expect([sink.requests.length, dead]).toEqual([3, ["expired"]]);
  });

  test("onDead receives the webhook, or null if it was deleted", async () => {
    const reported: unknown[] = [];
    const clock = manualClock();
    const store = open({ clock });
    let isGone = false;
    const hooks: SenderOptions["hooks"] = { onDead: (_, __, webhook) => void reported.push(webhook) };
    const webhooks = {
      ...store.webhooks,
      get: async (id: string) => (isGone ? null : store.webhooks.get(id)),
    };
    const { sender } = createStartedSender({
      clock,
      store: { ...store, webhooks },
      hooks,
      expireAfter: "1h",
    });
    await using _sender = sender;
    const { secret: _secret, ...here } = await sender.webhooks.create({
      url: "https://example.com/",
      topics,
    });
    await sender.webhooks.create({ url: "https://example.com/", topics, account: "b" });
    for (const [n, account] of ["default", "b"].entries()) {
      isGone = account === "b";
      await sender.accounts.disable(account);
      await sender.emit("a.b", 1, { account });
      await waitFor(
        () => reported[n] !== undefined || undefined,
        () => clock.advance(MINUTE),
      );
    }
    expect(reported).toEqual([here, null]);
  });

  test("paused time counts: an overdue delivery expires without an attempt", async () => {
    await using sink = await RecordingServer.open();
    const dead: string[] = [];
    const hooks = { onDead: (reason: string) => void dead.push(reason) };
    const { sender, clock } = createClockedSender(open, { expireAfter: "1h", hooks });
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics });
    await sender.accounts.disable("default");
    await sender.emit("a.b", "old");
    await clock.advance(50 * MINUTE);
    await sender.emit("a.b", "young");
    await clock.advance(11 * MINUTE);
    await sender.accounts.enable("default");
    const [id = ""] = await waitForState(sender, "dead");
    await waitForState(sender, "delivered");
    expect(await sender.deliveries.get(id)).toMatchObject({
      delivery: { reason: "expired", attemptCount: 0, responseStatus: null, waitingFor: null },
      attempts: [],
    });
    expect(sink.events.map(({ data }) => data)).toEqual(["young"]);
    expect(dead).toEqual(["expired"]);
  });
});
