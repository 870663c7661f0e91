import { setTimeout as after } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { SenderCluster, EMIT_INTERVAL_MS, LEASE_MS, SLACK_MS } from "./sender-cluster.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { waitFor } from "./wait-for.ts";

test("a process that stood still for longer than its lease finds that it has lost what it had, and goes on", async () => {
  await using cluster = await SenderCluster.open(inject("postgres"));
  cluster.inbox.respond = (_, index) => after(50, index % 7 === 3 ? 503 : 200);
  await cluster.startEmitting(EMIT_INTERVAL_MS);
  const suspended = await waitFor("one has something under way", SLACK_MS, () =>
    cluster.processes.find(({ inFlight }) => inFlight.size > 2),
  );
  suspended.suspend();
  await cluster.waitForEvents(LEASE_MS + SLACK_MS);
  await waitFor("it is given up", LEASE_MS + SLACK_MS, async () =>
    (await cluster.getTableSummary()).processes === cluster.processes.length - 1 ? true : undefined,
  );
  suspended.resume();
  await waitFor("it has found out", SLACK_MS, () => (suspended.reportedLosses > 0 ? true : undefined));
  await cluster.waitForCompletions(20);
  await cluster.stopEmitting();
  await cluster.waitForEvents();
  await cluster.waitForCleanTables();
  expect(cluster.summary).toMatchObject({ missing: 0, doubled: 0, fallen: 0 });
  expect(suspended.lost).toHaveLength(suspended.reportedLosses);
}, 60_000);

test("a process that stands still while it reads much keeps nobody waiting", async () => {
  const url = new URL(inject("postgres"));
  await using proxy = await TcpProxy.open(Number(url.port));
  await using crew = await SenderCluster.open(url.href, { count: 1, webhooks: false, isStarted: false });
  url.port = String(proxy.port);
  const reader = await crew.join({ store: { connectionString: url.href } });
  const largeBody = { accounts: ["ann"], topics: ["much.text"] };
  await crew.anyProcess.send({ do: "create", webhook: { account: "ann", topics: ["**"], url: crew.inbox.url } });
  await reader.send({ do: "start" });
  await reader.send({ do: "emit", count: 1, ...largeBody });
  await crew.waitForEvents();
  proxy.shouldStallResponse = (said) => {
    const isRead = said.includes("e.body");
    if (isRead) reader.suspend();
    return isRead;
  };
  await crew.anyProcess.send({ do: "emit", count: 100, ...largeBody, size: 250_000 });
  const isStuck = async (): Promise<true | undefined> => {
    const { rows } = await crew.pool.query(
      "select from pg_stat_activity where wait_event = 'ClientWrite' and position($1 in query) > 0",
      [crew.schema],
    );
    return rows.length > 0 ? true : undefined;
  };
  await waitFor("the server cannot go on writing", SLACK_MS, isStuck);
  await crew.anyProcess.send({ do: "start" });
  await crew.waitForEvents(LEASE_MS + SLACK_MS);
  expect(await isStuck()).toBe(true);
  reader.resume();
  await proxy.restore();
  await crew.waitForCleanTables();
  expect(crew.summary).toMatchObject({ missing: 0, doubled: 0, fallen: 0 });
}, 60_000);
