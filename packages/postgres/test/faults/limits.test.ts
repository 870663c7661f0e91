import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { EMIT_INTERVAL_MS, SenderCluster, SLACK_MS } from "./sender-cluster.ts";
import type { ReceivedRequest } from "./test-receiver.ts";
import { waitFor } from "./wait-for.ts";

const RATE_LIMIT = 10;
const MAX_CONCURRENCY = 3;

let cluster: SenderCluster;

beforeAll(async () => {
  // Such a low concurrency that all are overloaded, and release webhooks to each other.
  cluster = await SenderCluster.open(inject("postgres"), { concurrency: 4 });
}, 60_000);

afterAll(() => cluster[Symbol.asyncDispose]());

/** Creates a webhook with its own topic. */
const create = (topic: string, limits: { readonly concurrency?: number; readonly rateLimit?: number }) =>
  cluster.anyProcess.send({
    do: "create",
    webhook: { account: "dan", topics: [topic], url: `${cluster.inbox.url}/${topic}`, ...limits },
  });

/** Each process emits so many. */
const emit = (topic: string, count: number): Promise<unknown> =>
  Promise.all(
    cluster.processes.map((process) =>
      process.send({ do: "emit", accounts: ["dan"], topics: [topic], count }),
    ),
  );

const getRequestsTo = (path: string): readonly ReceivedRequest[] =>
  cluster.inbox.requests.filter((arrival) => arrival.path.startsWith(path));

test("the concurrency of a webhook limits the attempts in flight of all processes", async () => {
  cluster.inbox.respond = () => after(20, 200);
  await create("few.concurrent", { concurrency: MAX_CONCURRENCY });
  await cluster.startEmitting(EMIT_INTERVAL_MS);
  await emit("few.concurrent", 20);
  await cluster.close(cluster.anyProcess);
  await emit("few.concurrent", 20);
  await cluster.waitForEvents();
  await cluster.stopEmitting();
  const inFlight = getRequestsTo("/few.concurrent").map((arrival) => arrival.inFlight);
  expect(inFlight).toHaveLength(140);
  expect(Math.max(...inFlight)).toBe(MAX_CONCURRENCY);
}, 60_000);

test("the rate limit of a webhook limits the attempts per second of all processes", async () => {
  cluster.inbox.respond = () => after(20, 200);
  await create("few.often", { rateLimit: RATE_LIMIT });
  await cluster.startEmitting(10);
  await emit("few.often", 15);
  await cluster.waitForEvents(30_000);
  await cluster.stopEmitting();
  const times = getRequestsTo("/few.often").map(({ at }) => at);
  expect(times).toHaveLength(45);
  // As many as in a second may go at once.
  const maxCounts = times.map((at) => RATE_LIMIT + 1 + ((at - (times[0] ?? 0)) / 1000) * RATE_LIMIT);
  expect(times.map((_, i) => i).filter((i) => i > (maxCounts[i] ?? 0))).toEqual([]);
}, 60_000);

test("when one process disables an account, no process delivers for it a second later", async () => {
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
  expect(cluster.summary).toMatchObject({ missing: 0, duplicated: 0, lost: 0, crashed: 0 });
}, 60_000);
