import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { type ManualClock, manualClock } from "@heron-webhooks/core/testing";
import { describe, expect, test } from "vitest";
import type { Sender, SenderOptions, Store } from "../src/index.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const topics = ["**"];

describe.each(storeFactories)("over %s", (_, open) => {
  function clocked(
    options: Partial<SenderOptions> = {},
    over: (store: Store) => Store = (store) => store,
  ): { readonly sender: Sender; readonly clock: ManualClock } {
    const clock = manualClock();
    const retry = createRetryPolicy({ delays: [] });
    return {
      sender: createStartedSender({ store: over(open({ clock })), clock, retry, ...options }).sender,
      clock,
    };
  }

  /** Emits, and resolves once `count` deliveries were attempted. */
  async function attempted(sender: Sender, count: number): Promise<void> {
    await sender.emit("a.b", count);
    await waitFor(async () => ((await countAttempted(sender)) === count ? true : undefined));
  }

  test("failures with days between them do not disable a webhook", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => 500;
    const { sender, clock } = clocked({ disableAfter: "1d" });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics });
    await attempted(sender, 1);
    await clock.advance(2 * DAY + 1);
    const began = clock.now();
    await attempted(sender, 2);
    await clock.advance(HOUR);
    await attempted(sender, 3);
    expect(await sender.webhooks.get(id)).toMatchObject({ enabled: true, failingSince: began });
  });

  test("daily failures count as one failing period, also across restarts", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => 500;
    const clock = manualClock();
    const store = open({ clock });
    const start = (): Sender =>
      clocked({ clock, store: { ...store, close: async () => {} }, disableAfter: "3d" }).sender;
    let sender = start();
    const { id } = await sender.webhooks.create({ url: sink.url, topics });
    for (let day = 0; day < 3; day++) {
      await attempted(sender, day + 1);
      expect(await sender.webhooks.get(id)).toMatchObject({ enabled: true });
      await sender.close();
      await clock.advance(DAY);
      sender = start();
    }
    await attempted(sender, 4);
    expect(await sender.webhooks.get(id)).toMatchObject({ enabled: false, disabledBy: "failing" });
    await sender.close();
    await store.close();
  });

  test("lastFailedAt is not in the public webhook", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => 500;
    const { sender } = clocked();
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics });
    await attempted(sender, 1);
    expect(await sender.webhooks.get(id)).not.toHaveProperty("failedAt");
    expect((await sender.webhooks.list()).data[0]).not.toHaveProperty("failedAt");
  });

  test("a delivery clears failingSince despite concurrent updates", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = (_, index) => (index === 0 ? 500 : 200);
    let changes = 0;
    const { sender } = clocked({}, (store) => ({
      ...store,
      webhooks: {
        ...store.webhooks,
        async update(id, version, change) {
          // Two concurrent updates come first.
          if (change.failingSince === null && Object.keys(change).length === 2 && changes++ < 2)
            await store.webhooks.update(id, version, { description: `changed ${changes}` });
          return store.webhooks.update(id, version, change);
        },
      },
    }));
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics });
    await attempted(sender, 1);
    expect(await sender.webhooks.get(id)).toMatchObject({ failingSince: expect.any(Number) });
    await attempted(sender, 2);
    expect(await sender.webhooks.get(id)).toMatchObject({ failingSince: null, description: "changed 2" });
  });

  test("a delivery that was in flight when another failed clears failingSince", async () => {
    await using sink = await RecordingServer.open();
    let answer = (): void => {};
    sink.respond = (_, index) =>
      index === 0 ? new Promise((resolve) => (answer = () => resolve(200))) : 500;
    const { sender } = clocked();
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    await sink.received(1);
    await sender.emit("a.b", 2);
    await waitForState(sender, "dead");
    expect(await sender.webhooks.get(id)).toMatchObject({ failingSince: expect.any(Number) });
    answer();
    await waitForState(sender, "delivered");
    expect(await sender.webhooks.get(id)).toMatchObject({ failingSince: null });
  });

  test("responses of a former URL do not pause the new one", async () => {
    await using sink = await RecordingServer.open();
    let answer = (): void => {};
    sink.respond = () =>
      new Promise((resolve) => (answer = () => resolve({ status: 503, headers: { "retry-after": "600" } })));
    const { sender } = clocked();
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    await sink.received(1);
    await sender.webhooks.update(id, { url: `${sink.url}/new` });
    answer();
    await waitForState(sender, "dead");
    expect(await sender.webhooks.pauses(id)).toEqual([]);
    expect(await sender.webhooks.get(id)).toMatchObject({ failingSince: null });
  });

  test("Retry-After is honoured up to maxRetryAfter", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => ({ status: 503, headers: { "retry-after": "86400" } });
    const { sender } = clocked({ retry: createRetryPolicy({ delays: ["1s"], maxRetryAfter: "6h" }) });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics });
    await sender.emit("a.b", 1);
    const pauses = await waitFor(async () => {
      const closed = await sender.webhooks.pauses(id);
      return closed.length > 0 ? closed : undefined;
    });
    expect(pauses).toEqual([{ reason: "retry_after", scope: "webhook", remainingMs: 6 * HOUR }]);
  });
});

async function countAttempted(sender: Sender): Promise<number> {
  const { data } = await sender.deliveries.list();
  return data.filter(({ state }) => state !== "pending").length;
}
