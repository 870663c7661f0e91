import { setTimeout as after } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { EMIT_INTERVAL_MS, LEASE_MS, SenderCluster, SLACK_MS } from "./sender-cluster.ts";
import { waitFor } from "./wait-for.ts";

test("when a process is killed, the others deliver its events within a lease, and nothing else twice", async () => {
  await using cluster = await SenderCluster.open(inject("postgres"));
  // Some deliveries are always in flight, and some wait for a retry.
  cluster.inbox.respond = (_, index) => after(50, index % 7 === 3 ? 503 : 200);
  await cluster.startEmitting(EMIT_INTERVAL_MS);
  for (let n = 0; n < 2; n++) {
    await cluster.waitForCompletions(20);
    const victim = await waitFor("a process has attempts in flight", SLACK_MS, () =>
      cluster.processes.find(({ inFlight }) => inFlight.size > 1),
    );
    await cluster.kill(victim);
    expect(await cluster.waitForEvents(LEASE_MS + SLACK_MS)).toBeLessThan(LEASE_MS + SLACK_MS);
  }
  await cluster.stopEmitting();
  await cluster.waitForEvents();
  await cluster.waitForCleanTables();
  expect(cluster.summary).toMatchObject({ missing: 0, duplicated: 0, lost: 0, crashed: 0 });
}, 60_000);
