import { retrySchedule } from "@heron-webhooks/core";
import { type ManualClock, manualClock } from "@heron-webhooks/core/testing";
import { describe, expect, test } from "vitest";
import type { Sender, SenderOptions } from "../src/index.ts";
import { inState, opened } from "./opened.ts";
import { Sink } from "./sink.ts";
import { stores } from "./stores.ts";
import { until } from "./until.ts";

describe.each(stores)("over %s", (_, open) => {
  function clocked(options: Partial<SenderOptions> = {}): {
    readonly sender: Sender;
    readonly clock: ManualClock;
    /** Why webhooks were disabled, as the hook is told. */
    readonly told: string[];
  } {
    const clock = manualClock();
    const told: string[] = [];
    const hooks: SenderOptions["hooks"] = { disabled: (reason) => void told.push(reason) };
    return { sender: opened({ store: open({ clock }), clock, hooks, ...options }).sender, clock, told };
  }

  test("many attempts that are told 410 at once disable it once, and tell it once", async () => {
    await using gone = await Sink.open();
    await using ops = await Sink.open();
    const waiting: (() => void)[] = [];
    gone.answer = () => new Promise((resolve) => waiting.push(() => resolve(410)));
    const { sender, told, clock } = clocked();
    await using _sender = sender;
    await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    await sender.webhooks.create({ url: ops.url, topics: ["webhook.*"] });
    for (let n = 0; n < 5; n++) await sender.emit("a.b", n);
    await gone.received(5);
    for (const answer of waiting) {
      // Time goes on between them.
      await clock.advance(1000);
      answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await inState(sender, "dead", 5);
    await inState(sender, "delivered");
    expect([ops.requests.length, told.length]).toEqual([1, 1]);
    expect((await sender.deliveries.list({ state: "pending" })).items).toEqual([]);
  });

  test("a webhook that was changed meanwhile is disabled all the same", async () => {
    await using gone = await Sink.open();
    let answer = (): void => {};
    gone.answer = () => new Promise((resolve) => (answer = () => resolve(410)));
    const { sender, told } = clocked();
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    await sender.emit("a.b", 1);
    await gone.received(1);
    await sender.webhooks.update(id, { description: "changed" });
    answer();
    await inState(sender, "dead");
    expect(await sender.webhooks.get(id)).toMatchObject({ enabled: false, disabledBy: "gone" });
    expect(told).toHaveLength(1);
  });

  test("a change that comes in between is no reason to leave it enabled, nor to tell it twice", async () => {
    await using gone = await Sink.open();
    await using ops = await Sink.open();
    gone.answer = () => 410;
    const clock = manualClock();
    const store = open({ clock });
    let changes = 0;
    const { sender, told } = clocked({
      clock,
      store: {
        ...store,
        webhooks: {
          ...store.webhooks,
          async update(id, version, change) {
            // Somebody else is quicker, twice.
            if (change.enabled === false && changes++ < 2)
              await store.webhooks.update(id, version, { description: `changed ${changes}` });
            return store.webhooks.update(id, version, change);
          },
        },
      },
    });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    await sender.webhooks.create({ url: ops.url, topics: ["webhook.*"] });
    await sender.emit("a.b", 1);
    await inState(sender, "dead");
    await inState(sender, "delivered");
    expect(await sender.webhooks.get(id)).toMatchObject({ disabledBy: "gone", description: "changed 2" });
    expect([told.length, (await sender.deliveries.list()).items.length]).toEqual([1, 2]);
  });

  test("one that its owner disabled meanwhile stays the owner's, and nobody is told otherwise", async () => {
    await using gone = await Sink.open();
    let answer = (): void => {};
    gone.answer = () => new Promise((resolve) => (answer = () => resolve(410)));
    const { sender, told } = clocked();
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    const ops = await sender.webhooks.create({ url: gone.url, topics: ["webhook.*"] });
    await sender.emit("a.b", 1);
    await gone.received(1);
    await sender.webhooks.disable(id);
    answer();
    await inState(sender, "dead");
    expect(await sender.webhooks.get(id)).toMatchObject({ enabled: false, disabledBy: "owner" });
    expect((await sender.deliveries.list({ webhook: ops.id })).items).toEqual([]);
    expect(told).toEqual([]);
  });

  test("410 from a URL that is no longer its own says nothing of it", async () => {
    await using gone = await Sink.open();
    let answer = (): void => {};
    gone.answer = () => new Promise((resolve) => (answer = () => resolve(410)));
    const { sender, told } = clocked();
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    await sender.emit("a.b", 1);
    await gone.received(1);
    await sender.webhooks.update(id, { url: "https://example.com/" });
    answer();
    await inState(sender, "dead");
    expect(await sender.webhooks.get(id)).toMatchObject({ enabled: true });
    expect(told).toEqual([]);
  });

  test("one that was enabled again meanwhile has a clean slate: an old attempt does not disable it", async () => {
    await using failing = await Sink.open();
    let answer = (): void => {};
    failing.answer = (_, index) =>
      index === 0 ? 500 : new Promise((resolve) => (answer = () => resolve(500)));
    const schedule = retrySchedule({ delays: ["20m", "20m"], jitter: 0 });
    const { sender, clock, told } = clocked({ schedule, disableAfter: "10m" });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: failing.url, topics: ["a.*"] });
    await sender.emit("a.b", 1);
    await until(
      () => failing.requests[1],
      () => clock.advance(60_000),
    );
    await sender.webhooks.enable(id);
    answer();
    await until(async () => (await sender.deliveries.list()).items.find(({ attempts }) => attempts === 2));
    expect(await sender.webhooks.get(id)).toMatchObject({ enabled: true, disabledBy: null });
    expect(told).toEqual([]);
  });
});
