import { describe, expect, test } from "vitest";
import { scanDeliveries } from "../src/deliveries/scan.ts";
import type { DeliveryRecord, DeliveryStore } from "../src/index.ts";
import { createClockedSender, createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";

const HOUR = 3_600_000;
const topics = ["**"];

describe.each(storeFactories)("over %s", (_, open) => {
  test("deliveries are counted by state, time and webhook", async () => {
    await using sink = await RecordingServer.open();
    const { sender, clock } = createClockedSender(open);
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: sink.url, topics });
    const { id: other } = await sender.webhooks.create({ url: sink.url, topics: ["c.d"], account: "acme" });
    await sender.emit("a.b", 1);
    await waitForState(sender, "delivered");
    await clock.advance(2 * HOUR);
    sink.respond = () => 400;
    await sender.emit("a.b", 2);
    await sender.emit("c.d", 3, { account: "acme" });
    await waitForState(sender, "dead", 2, () => clock.advance(10));
    await sender.webhooks.disable(id);
    sink.respond = () => 200;

    const day = await sender.deliveries.stats({ since: "24h" });
    expect(day).toMatchObject({ isComplete: true, completeSince: day.since, until: clock.now() });
    expect(day.total).toMatchObject({ delivered: 1, waiting: 0, retrying: 0, dead: 2 });
    expect(day.total.p95Ms).toBeGreaterThanOrEqual(0);
    const busy = day.buckets.filter(({ delivered, dead }) => delivered + dead > 0);
    expect(busy.map(({ delivered, dead }) => [delivered, dead])).toEqual([
      [1, 0],
      [0, 2],
    ]);
    expect((busy[1]?.startsAt ?? 0) - (busy[0]?.startsAt ?? 0)).toBe(2 * HOUR);
    expect(day.webhooks).toMatchObject([
      { webhook: id, delivered: 1, dead: 1 },
      { webhook: other, delivered: 0, dead: 1 },
    ]);
    expect((await sender.deliveries.stats({ since: "1h" })).total).toMatchObject({ delivered: 0, dead: 2 });
    const acme = await sender.deliveries.stats({ since: new Date(clock.now() - HOUR), account: "acme" });
    expect(acme.webhooks).toMatchObject([{ webhook: other, dead: 1 }]);
    const one = await sender.forAccount("default").deliveries.stats({ since: "1d", webhook: id });
    expect(one.total).toMatchObject({ delivered: 1, dead: 1 });
  });

  test("recovered deliveries count at publish time and hide nothing newer", async () => {
    const { sender, clock } = createClockedSender(open);
    await using _sender = sender;
    const url = "https://example.com/";
    await sender.accounts.disable("default");
    for (let i = 0; i < 1200; i++) await sender.emit("a.b", i);
    await clock.advance(5 * HOUR);
    await sender.webhooks.create({ url, topics: ["new.one"] });
    await sender.emit("new.one", 1);
    const { id } = await sender.webhooks.create({ url, topics });
    expect(await sender.webhooks.recover(id, { since: "1d" })).toBe(1201);
    expect((await sender.deliveries.stats({ since: "1h" })).total.waiting).toBe(2);
    expect((await sender.deliveries.stats({ since: "1d" })).total.waiting).toBe(1202);
  });
});

test.each([
  ["nothing", {}],
  ["text that is no duration", { since: "yesterday" }],
  ["less than a minute", { since: "59s" }],
  ["a time to come", { since: new Date(Date.now() + HOUR) }],
  ["more than a year", { since: "366d" }],
  ["a name that is not known", { since: "1h", topic: "a.b" }],
])("%s is refused", async (_, filter) => {
  const { sender } = createStartedSender();
  await using _sender = sender;
  const asked = sender.deliveries.stats(filter as { since: "1h" });
  await expect(asked).rejects.toMatchObject({ name: "HeronError", code: "option_invalid" });
});

describe("a scan", () => {
  const MINUTE = 60_000;

  /** So many deliveries, one a minute, the newest at `count` minutes: of which pages show what `isSeen` says, from windows of so many. */
  function store(count: number, isSeen: (n: number) => boolean = () => true, window = 1000) {
    const asked: number[] = [];
    const list = async (filter: object, page: { cursor?: string; limit?: number }) => {
      const before = page.cursor === undefined ? count + 1 : Number(page.cursor);
      const from = Math.max(1, before - window);
      const isFiltered = Object.keys(filter).length > 0;
      const items: DeliveryRecord[] = [];
      for (let n = before - 1; n >= from && items.length < (page.limit ?? 50); n--)
        if (!isFiltered || isSeen(n))
          items.push({ id: `${n}`, event: { publishedAt: n * MINUTE } } as unknown as DeliveryRecord);
      if (isFiltered) asked.push(items.length);
      const end = items.length === page.limit ? Number(items.at(-1)?.id) : from;
      return { data: items, nextCursor: end <= 1 ? null : `${end}` };
    };
    return { asked, store: { list } as unknown as DeliveryStore };
  }
  const account = "acme";

  test("ends at the last delivery", async () => {
    const { store: own } = store(2500);
    const { deliveries, completeSince } = await scanDeliveries(own, { account }, 0);
    expect([deliveries.length, completeSince]).toEqual([2500, 0]);
  });

  test("ends some pages after deliveries are too old", async () => {
    const { store: own, asked } = store(100_000);
    const { deliveries, completeSince } = await scanDeliveries(own, { account }, 98_501 * MINUTE);
    expect([deliveries.length, completeSince, asked.length]).toEqual([1500, 98_501 * MINUTE, 13]);
  });

  test("ends after a maximum of deliveries, with completeSince", async () => {
    const { store: own, asked } = store(30_000);
    const { deliveries, completeSince } = await scanDeliveries(own, { account }, 0);
    expect([deliveries.length, Math.max(...asked)]).toEqual([20_000, 500]);
    const inTime = deliveries.filter(({ event }) => event.publishedAt >= completeSince).length;
    expect(inTime).toBe(30_000 - Math.ceil(completeSince / MINUTE) + 1);
    expect(inTime).toBeGreaterThan(18_000);
  });

  test("for a rare match ends by the times of other deliveries", async () => {
    const { store: own, asked } = store(1_000_000, (n) => n === 999_000 || n === 5);
    const { deliveries, completeSince } = await scanDeliveries(own, { account }, 990_000 * MINUTE);
    expect([deliveries.length, completeSince]).toEqual([1, 990_000 * MINUTE]);
    expect(asked.length).toBe(20);
  });

  test("for a rare match far back ends after a maximum of pages", async () => {
    const { store: own, asked } = store(1_000_000, (n) => n === 999_000);
    const { deliveries, completeSince } = await scanDeliveries(own, { account }, 0);
    expect([deliveries.length, asked.length]).toEqual([1, 60]);
    expect(completeSince).toBeGreaterThanOrEqual(940_000 * MINUTE);
    expect(completeSince).toBeLessThan(942_000 * MINUTE);
  });
});
