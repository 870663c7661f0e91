import { setTimeout as after } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { EMIT_INTERVAL_MS, LEASE_MS, SenderCluster, SLACK_MS } from "./sender-cluster.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { waitFor } from "./wait-for.ts";

test("a process that was suspended for longer than its lease loses its deliveries and continues", async () => {
  await using cluster = await SenderCluster.open(inject("postgres"));
  cluster.inbox.respond = (_, index) => after(50, index % 7 === 3 ? 503 : 200);
  await cluster.startEmitting(EMIT_INTERVAL_MS);
  const suspended = await waitFor("a process has attempts in flight", SLACK_MS, () =>
    cluster.processes.find(({ inFlight }) => inFlight.size > 2),
  );
  suspended.suspend();
  await cluster.waitForEvents(LEASE_MS + SLACK_MS);
  await waitFor("its lease has expired", LEASE_MS + SLACK_MS, async () =>
    (await cluster.getTableSummary()).processes === cluster.processes.length - 1 ? true : undefined,
  );
  suspended.resume();
  await waitFor("it has reported lost leases", SLACK_MS, () =>
    suspended.reportedLosses > 0 ? true : undefined,
  );
  await cluster.waitForCompletions(20);
  await cluster.stopEmitting();
  await cluster.waitForEvents();
  await cluster.waitForCleanTables();
  expect(cluster.summary).toMatchObject({ missing: 0, duplicated: 0, crashed: 0 });
  expect(suspended.lost).toHaveLength(suspended.reportedLosses);
}, 60_000);

test("a process that is suspended while it reads a large response blocks no other", async () => {
  const url = new URL(inject("postgres"));
  await using proxy = await TcpProxy.open(Number(url.port));
  await using cluster = await SenderCluster.open(url.href, { count: 1, webhooks: false, isStarted: false });
  url.port = String(proxy.port);
  const reader = await cluster.join({ store: { connectionString: url.href } });
  const largeBody = { accounts: ["ann"], topics: ["much.text"] };
  await cluster.anyProcess.send({
    do: "create",
    webhook: { account: "ann", topics: ["**"], url: cluster.inbox.url },
  });
  await reader.send({ do: "start" });
  await reader.send({ do: "emit", count: 1, ...largeBody });
  await cluster.waitForEvents();
  proxy.shouldStallResponse = (request) => {
    const isRead = request.includes("e.body");
    if (isRead) reader.suspend();
    return isRead;
  };
  await cluster.anyProcess.send({ do: "emit", count: 100, ...largeBody, size: 250_000 });
  const isStuck = async (): Promise<true | undefined> => {
    const { rows } = await cluster.pool.query(
      "select from pg_stat_activity where wait_event = 'ClientWrite' and position($1 in query) > 0",
      [cluster.schema],
    );
    return rows.length > 0 ? true : undefined;
  };
  await waitFor("the server cannot go on writing", SLACK_MS, isStuck);
  await cluster.anyProcess.send({ do: "start" });
  await cluster.waitForEvents(LEASE_MS + SLACK_MS);
  expect(await isStuck()).toBe(true);
  reader.resume();
  await proxy.restore();
  await cluster.waitForCleanTables();
  expect(cluster.summary).toMatchObject({ missing: 0, duplicated: 0, crashed: 0 });
}, 60_000);
