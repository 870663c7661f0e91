import { expect, inject, test } from "vitest";
import { EMIT_INTERVAL_MS, LEASE_MS, SenderCluster } from "./sender-cluster.ts";
import { waitFor } from "./wait-for.ts";

const OFFSET_MS = 600_000;

test("processes whose clocks differ by minutes keep their webhooks, and no retry is delayed", async () => {
  await using cluster = await SenderCluster.open(inject("postgres"), { count: 1, isStarted: false });
  for (const ahead of [OFFSET_MS, -OFFSET_MS])
    await cluster.join({ preload: new URL(`shifted-clock.ts?ahead=${ahead}`, import.meta.url).href });
  const times = await Promise.all(cluster.processes.map((process) => process.send({ do: "time" })));
  expect(Math.max(...times.map(Number)) - Math.min(...times.map(Number))).toBeGreaterThan(OFFSET_MS);
  for (const process of cluster.processes) await process.send({ do: "start" });
  await cluster.spreadWebhooks();
  cluster.inbox.respond = (_, index) => (index % 3 === 1 ? 503 : 200);
  await cluster.startEmitting(EMIT_INTERVAL_MS);
  const startedAt = performance.now();
  await waitFor("they have polled for longer than a lease", 2 * LEASE_MS + 5000, () =>
    performance.now() - startedAt > 1.5 * LEASE_MS ? true : undefined,
  );
  expect((await cluster.getTableSummary()).processes).toBe(3);
  await waitFor("every process completes deliveries", 30_000, () =>
    cluster.processes.every(({ completed }) => completed > 10) ? true : undefined,
  );
  await cluster.stopEmitting();
  await cluster.waitForEvents();
  await cluster.waitForCleanTables();
  expect(cluster.summary).toMatchObject({ missing: 0, repeated: 0, lost: 0, crashed: 0 });
}, 120_000);
