import { setTimeout as after } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { SenderCluster, EMIT_INTERVAL_MS, LEASE_MS, SLACK_MS } from "./sender-cluster.ts";
import { waitFor } from "./wait-for.ts";

test("when a process is killed, what it had comes from the others within a lease, and nothing else twice", async () => {
  await using crew = await SenderCluster.open(inject("postgres"));
  // So that there is always something under way, and something that waits.
  crew.inbox.respond = (_, index) => after(50, index % 7 === 3 ? 503 : 200);
  await crew.startEmitting(EMIT_INTERVAL_MS);
  for (let n = 0; n < 2; n++) {
    await crew.waitForCompletions(20);
    const victim = await waitFor("one has something under way", SLACK_MS, () =>
      crew.processes.find(({ inFlight }) => inFlight.size > 1),
    );
    await crew.kill(victim);
    expect(await crew.waitForEvents(LEASE_MS + SLACK_MS)).toBeLessThan(LEASE_MS + SLACK_MS);
  }
  await crew.stopEmitting();
  await crew.waitForEvents();
  await crew.waitForCleanTables();
  expect(crew.summary).toMatchObject({ missing: 0, doubled: 0, lost: 0, fallen: 0 });
}, 60_000);
