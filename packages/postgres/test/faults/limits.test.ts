import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Crew, EVERY, SLACK } from "./crew.ts";
import type { Arrival } from "./inbox.ts";
import { until } from "./until.ts";

const RATE = 10;
const MOST = 3;

let crew: Crew;

beforeAll(async () => {
  // So few slots that all have more to do than they can, and leave webhooks to each other.
  crew = await Crew.open(inject("postgres"), { slots: 4 });
}, 60_000);

afterAll(() => crew[Symbol.asyncDispose]());

/** Makes a webhook for a topic of its own. */
const create = (topic: string, limits: { readonly concurrency?: number; readonly rate?: number }) =>
  crew.one.ask({
    do: "create",
    webhook: { account: "dan", topics: [topic], url: `${crew.inbox.url}/${topic}`, ...limits },
  });

/** So many by each process. */
const emit = (topic: string, count: number): Promise<unknown> =>
  Promise.all(
    crew.processes.map((process) => process.ask({ do: "emit", accounts: ["dan"], topics: [topic], count })),
  );

const arrivedAt = (path: string): readonly Arrival[] =>
  crew.inbox.arrivals.filter((arrival) => arrival.path.startsWith(path));

test("no more attempts are under way to a webhook than it says, whoever makes them", async () => {
  crew.inbox.answer = () => after(20, 200);
  await create("few.beside", { concurrency: MOST });
  await crew.emitting(EVERY);
  await emit("few.beside", 20);
  await crew.close(crew.one);
  await emit("few.beside", 20);
  await crew.arrived();
  await crew.quiet();
  const beside = arrivedAt("/few.beside").map((arrival) => arrival.beside);
  expect(beside).toHaveLength(140);
  expect(Math.max(...beside)).toBe(MOST);
}, 60_000);

test("no more attempts are made in a second to a webhook than it says, whoever makes them", async () => {
  crew.inbox.answer = () => after(20, 200);
  await create("few.often", { rate: RATE });
  await crew.emitting(10);
  await emit("few.often", 15);
  await crew.arrived(30_000);
  await crew.quiet();
  const times = arrivedAt("/few.often").map(({ at }) => at);
  expect(times).toHaveLength(45);
  // As many as in a second may go at once.
  const most = times.map((at) => RATE + 1 + ((at - (times[0] ?? 0)) / 1000) * RATE);
  expect(times.map((_, i) => i).filter((i) => i > (most[i] ?? 0))).toEqual([]);
}, 60_000);

test("once an account is disabled in one process, no other delivers anything of it a second later", async () => {
  crew.inbox.answer = () => 200;
  await crew.emitting(EVERY);
  await crew.working(20);
  const [first, second] = crew.processes;
  await first?.ask({ do: "disable", account: "ann" });
  const disabled = performance.now();
  await after(1000);
  await crew.working(40);
  expect(arrivedAt("/ann/").filter(({ at }) => at > disabled + 1000)).toEqual([]);
  const before = arrivedAt("/ann/").length;
  await second?.ask({ do: "enable", account: "ann" });
  await until("it goes on", SLACK, () => (arrivedAt("/ann/").length > before ? true : undefined));
  await crew.quiet();
  await crew.arrived();
  await crew.settled();
  expect(crew.verdict).toMatchObject({ missing: 0, doubled: 0, lost: 0, fallen: 0 });
}, 60_000);
