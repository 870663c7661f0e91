import { expect, inject, test } from "vitest";
import { SenderCluster, EMIT_INTERVAL_MS, LEASE_MS } from "./sender-cluster.ts";
import { waitFor } from "./wait-for.ts";

const MINUTES = 600_000;

test("processes whose clocks differ by minutes leave each other what they have, and no retry waits for it", async () => {
  await using crew = await SenderCluster.open(inject("postgres"), { count: 1, isStarted: false });
  for (const ahead of [MINUTES, -MINUTES])
    await crew.join({ preload: new URL(`shifted-clock.ts?ahead=${ahead}`, import.meta.url).href });
  const times = await Promise.all(crew.processes.map((process) => process.send({ do: "time" })));
  expect(Math.max(...times.map(Number)) - Math.min(...times.map(Number))).toBeGreaterThan(MINUTES);
  for (const process of crew.processes) await process.send({ do: "start" });
  await crew.spreadWebhooks();
  crew.inbox.respond = (_, index) => (index % 3 === 1 ? 503 : 200);
  await crew.startEmitting(EMIT_INTERVAL_MS);
  const began = performance.now();
  await waitFor("they have looked at each other for longer than a lease", 2 * LEASE_MS + 5000, () =>
    performance.now() - began > 1.5 * LEASE_MS ? true : undefined,
  );
  expect((await crew.getTableSummary()).processes).toBe(3);
  expect(crew.processes.filter(({ completed }) => completed > 10)).toHaveLength(3);
  await crew.stopEmitting();
  await crew.waitForEvents();
  await crew.waitForCleanTables();
  expect(crew.summary).toMatchObject({ missing: 0, again: 0, lost: 0, fallen: 0 });
}, 60_000);
