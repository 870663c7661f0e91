import { join } from "node:path";
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { describe, expect, test } from "vitest";
import { memoryStore, type Sender, type Store, sqliteStore } from "../../src/index.ts";
import { createStartedSender, waitForState } from "../create-test-sender.ts";
import { createDeferredAnswer, RecordingServer, type ServerAnswer } from "../recording-server.ts";
import { createTempFolder } from "../temp-folder.ts";
import { waitFor } from "../wait-for.ts";
import { type JumpingClock, jumpingClock } from "./jumping-clock.ts";

const DAY = 86_400_000;
/** Much less than a day, and more than a machine with other work to do makes of a second. */
const SECONDS = 60_000;
const STORES = [
  ["memoryStore", (clock: JumpingClock): Store => memoryStore({ clock })],
  ["sqliteStore", (clock: JumpingClock): Store => sqliteStore(":memory:", { clock })],
] as const;

interface Opened {
  readonly clock: JumpingClock;
  readonly sender: Sender;
  readonly store: Store;
}

/** A sender whose clock can be set, and which tries again after so many milliseconds. */
function withClock(
  open: (clock: JumpingClock) => Store,
  delays: readonly number[],
  concurrency = 64,
): Opened {
  const clock = jumpingClock();
  const store = open(clock);
  const retry = createRetryPolicy({ delays, jitter: 0 });
  return { clock, store, sender: createStartedSender({ clock, store, retry, concurrency }).sender };
}

/** Every delivery that came, and how often. */
function times(sink: RecordingServer): readonly number[] {
  const came = new Map<string, number>();
  for (const { headers } of sink.requests) {
    const id = String(headers["webhook-id"]);
    came.set(id, (came.get(id) ?? 0) + 1);
  }
  return [...came.values()];
}

/** Resolves once so many have failed once and wait for their retry. */
const attempted = (sender: Sender, count: number): Promise<true> =>
  waitFor(async () => {
    const { data } = await sender.deliveries.list({ state: "pending" }, { limit: 1000 });
    return data.filter(({ attemptCount }) => attemptCount === 1).length === count ? true : undefined;
  });

/** Lets time go by until so many are delivered, and says how much. */
async function timeUntilDelivered(
  { clock, sender }: Pick<Opened, "clock" | "sender">,
  count: number,
): Promise<number> {
  const began = clock.now();
  await waitForState(sender, "delivered", count, () => clock.advance(10));
  return clock.now() - began;
}

describe.each(STORES)("%s, when the clock is set on", (_, open) => {
  test("by a day: what waits for its retry comes, once, and nothing is lost", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = (_request, index) => (index < 20 ? 503 : 200);
    const { clock, sender } = withClock(open, [DAY / 2, DAY / 2]);
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["**"], concurrency: 20 });
    // Fewer than the circuit would count in a row, from each of several webhooks.
    for (const name of ["b", "c"])
      await sender.webhooks.create({ url: `${sink.url}/${name}`, topics: ["**"] });
    for (let n = 0; n < 6; n++) await sender.emit("a.b", n);
    await attempted(sender, 18);
    sink.respond = () => 200;
    clock.jump(DAY);
    await sender.emit("a.b", "notifies");
    await waitForState(sender, "delivered", 21);
    expect([...times(sink)].sort()).toEqual([1, 1, 1, ...Array(18).fill(2)]);
  });

  test("by a day while attempts are in flight: only these may be repeated", async () => {
    await using sink = await RecordingServer.open();
    const { answer, resolveAnswer } = createDeferredAnswer(200);
    sink.respond = (_request, index) => (index < 5 ? answer : 200);
    const { clock, sender } = withClock(open, [1]);
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    for (let n = 0; n < 5; n++) await sender.emit("a.b", n);
    await sink.received(5);
    clock.jump(DAY);
    for (let n = 0; n < 5; n++) await sender.emit("a.b", "after");
    resolveAnswer();
    await waitForState(sender, "delivered", 10);
    await sender.close();
    const came = times(sink);
    expect(came).toHaveLength(10);
    expect(Math.max(...came.slice(0, 5))).toBeLessThanOrEqual(2);
    expect(came.slice(5)).toEqual([1, 1, 1, 1, 1]);
  });

  test("by four days: what is older than it may be is dead, and says so", async () => {
    await using sink = await RecordingServer.open();
    sink.respond = () => 503;
    const { clock, sender } = withClock(open, [60_000]);
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["was.old"] });
    await sender.webhooks.create({ url: `${sink.url}/new`, topics: ["is.new"] });
    for (let n = 0; n < 3; n++) await sender.emit("was.old", n);
    await attempted(sender, 3);
    sink.respond = () => 200;
    clock.jump(4 * DAY);
    await sender.emit("is.new", null);
    const dead = await waitForState(sender, "dead", 3);
    await waitForState(sender, "delivered");
    for (const id of dead)
      expect((await sender.deliveries.get(id))?.delivery).toMatchObject({
        reason: "expired",
        attemptCount: 1,
      });
    expect(sink.requests).toHaveLength(4);
  });
});

describe.each(STORES)("%s, when the clock is set back by a day", (_, open) => {
  test.each<[what: string, answer: ServerAnswer, delay: number]>([
    ["a retry that was due in a second comes within seconds", 503, 1000],
    [
      "a receiver that asked to be left alone for a second is asked again within seconds",
      { status: 503, headers: { "retry-after": "1" } },
      1,
    ],
  ])("%s", async (_, answer, delay) => {
    await using sink = await RecordingServer.open();
    sink.respond = (_request, index) => (index === 0 ? answer : 200);
    const { clock, sender } = withClock(open, [delay]);
    await using _sender = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    await sender.emit("a.b", null);
    await attempted(sender, 1);
    clock.jump(-DAY);
    expect(await timeUntilDelivered({ clock, sender }, 1)).toBeLessThan(SECONDS);
    expect(times(sink)).toEqual([2]);
  });

  test("what waits for a free slot comes, and so does what is emitted now, each once", async () => {
    await using sink = await RecordingServer.open();
    const { answer, resolveAnswer } = createDeferredAnswer(200);
    sink.respond = () => answer;
    const { clock, sender } = withClock(open, [1], 2);
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["**"] });
    for (let n = 0; n < 10; n++) await sender.emit("a.b", n);
    await sink.received(2);
    clock.jump(-DAY);
    for (let n = 0; n < 10; n++) await sender.emit("a.b", n);
    resolveAnswer();
    await waitForState(sender, "delivered", 20);
    expect(times(sink)).toEqual(Array(20).fill(1));
  });

  test("a webhook that is limited in its rate goes on at its rate", async () => {
    await using sink = await RecordingServer.open();
    const { clock, sender } = withClock(open, [1]);
    await using _ = sender;
    await sender.webhooks.create({ url: sink.url, topics: ["**"], rateLimit: 20 });
    await sender.emit("a.b", null);
    await timeUntilDelivered({ clock, sender }, 1);
    clock.jump(-DAY);
    for (let n = 0; n < 61; n++) await sender.emit("a.b", n);
    const took = await timeUntilDelivered({ clock, sender }, 62);
    // Twenty may go at once, and so many more each second.
    expect(took).toBeGreaterThan(1000);
    expect(took).toBeLessThan(SECONDS);
  });
});

test("a file written a day later than the clock: its pending deliveries arrive", async () => {
  const path = join(createTempFolder(), "heron.db");
  await using sink = await RecordingServer.open();
  sink.respond = (_request, index) => (index === 0 ? 503 : 200);
  const first = withClock((clock) => sqliteStore(path, { clock }), [1000]);
  await first.sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await first.sender.emit("a.b", null);
  await attempted(first.sender, 1);
  await first.sender.close();
  const clock = jumpingClock();
  clock.jump(-DAY);
  const { sender } = createStartedSender({ clock, store: sqliteStore(path, { clock }) });
  await using _ = sender;
  expect(await timeUntilDelivered({ clock, sender }, 1)).toBeLessThan(SECONDS);
  expect(times(sink)).toEqual([2]);
});
