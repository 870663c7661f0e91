import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { SenderCluster, EMIT_INTERVAL_MS, SLACK_MS } from "./sender-cluster.ts";
import type { ReceivedRequest } from "./test-receiver.ts";
import { waitFor } from "./wait-for.ts";

const RATE_LIMIT = 10;
const MAX_CONCURRENCY = 3;

let cluster: SenderCluster;

beforeAll(async () => {
  // So few slots that all have more to do than they can, and leave webhooks to each other.
  cluster = await SenderCluster.open(inject("postgres"), { slots: 4 });
}, 60_000);

afterAll(() => cluster[Symbol.asyncDispose]());

/** Makes a webhook for a topic of its own. */
const create = (topic: string, limits: { readonly concurrency?: number; readonly rate?: number }) =>
  cluster.anyProcess.send({
    do: "create",
    webhook: { account: "dan", topics: [topic], url: `${cluster.inbox.url}/${topic}`, ...limits },
  });

/** So many by each process. */
const emit = (topic: string, count: number): Promise<unknown> =>
  Promise.all(
    cluster.processes.map((process) => process.send({ do: "emit", accounts: ["dan"], topics: [topic], count })),
  );

const getRequestsTo = (path: string): readonly ReceivedRequest[] =>
  cluster.inbox.requests.filter((arrival) => arrival.path.startsWith(path));

test("no more attempts are under way to a webhook than it says, whoever makes them", async () => {
  cluster.inbox.respond = () => after(20, 200);
  await create("few.beside", { concurrency: MAX_CONCURRENCY });
  await cluster.startEmitting(EMIT_INTERVAL_MS);
  await emit("few.beside", 20);
  await cluster.close(cluster.anyProcess);
  await emit("few.beside", 20);
  await cluster.waitForEvents();
  await cluster.stopEmitting();
  const beside = getRequestsTo("/few.beside").map((arrival) => arrival.inFlight);
  expect(beside).toHaveLength(140);
  expect(Math.max(...beside)).toBe(MAX_CONCURRENCY);
}, 60_000);

test("no more attempts are made in a second to a webhook than it says, whoever makes them", async () => {
  cluster.inbox.respond = () => after(20, 200);
  await create("few.often", { rate: RATE_LIMIT });
  await cluster.startEmitting(10);
  await emit("few.often", 15);
  await cluster.waitForEvents(30_000);
  await cluster.stopEmitting();
  const times = getRequestsTo("/few.often").map(({ at }) => at);
  expect(times).toHaveLength(45);
  // As many as in a second may go at once.
  const most = times.map((at) => RATE_LIMIT + 1 + ((at - (times[0] ?? 0)) / 1000) * RATE_LIMIT);
  expect(times.map((_, i) => i).filter((i) => i > (most[i] ?? 0))).toEqual([]);
}, 60_000);

test("once an account is disabled in one process, no other delivers anything of it a second later", async () => {
  cluster.inbox.respond = () => 200;
  await cluster.startEmitting(EMIT_INTERVAL_MS);
  await cluster.waitForCompletions(20);
  const [first, second] = cluster.processes;
  await first?.send({ do: "disable", account: "ann" });
  const disabled = performance.now();
  await after(1000);
  await cluster.waitForCompletions(40);
  expect(getRequestsTo("/ann/").filter(({ at }) => at > disabled + 1000)).toEqual([]);
  const before = getRequestsTo("/ann/").length;
  await second?.send({ do: "enable", account: "ann" });
  await waitFor("it goes on", SLACK_MS, () => (getRequestsTo("/ann/").length > before ? true : undefined));
  await cluster.stopEmitting();
  await cluster.waitForEvents();
  await cluster.waitForCleanTables();
  expect(cluster.summary).toMatchObject({ missing: 0, doubled: 0, lost: 0, fallen: 0 });
}, 60_000);
