import { setTimeout as after } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { Crew, EVERY, LEASE, SLACK } from "./crew.ts";
import { until } from "./until.ts";

test("when a process is killed, what it had comes from the others within a lease, and nothing else twice", async () => {
  await using crew = await Crew.open(inject("postgres"));
  // So that there is always something under way, and something that waits.
  crew.inbox.answer = (_, index) => after(50, index % 7 === 3 ? 503 : 200);
  await crew.emitting(EVERY);
  for (let n = 0; n < 2; n++) {
    await crew.working(20);
    const victim = await until("one has something under way", SLACK, () =>
      crew.processes.find(({ underWay }) => underWay.size > 1),
    );
    await crew.kill(victim);
    expect(await crew.arrived(LEASE + SLACK)).toBeLessThan(LEASE + SLACK);
  }
  await crew.quiet();
  await crew.arrived();
  await crew.settled();
  expect(crew.verdict).toMatchObject({ missing: 0, doubled: 0, lost: 0, fallen: 0 });
}, 60_000);
