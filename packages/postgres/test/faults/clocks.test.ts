import { expect, inject, test } from "vitest";
import { Crew, EVERY, LEASE } from "./crew.ts";
import { until } from "./until.ts";

const MINUTES = 600_000;

test("processes whose clocks differ by minutes leave each other what they have, and no retry waits for it", async () => {
  await using crew = await Crew.open(inject("postgres"), { count: 1, isStarted: false });
  for (const ahead of [MINUTES, -MINUTES])
    await crew.join({ preload: new URL(`shifted-clock.ts?ahead=${ahead}`, import.meta.url).href });
  const times = await Promise.all(crew.processes.map((process) => process.ask({ do: "time" })));
  expect(Math.max(...times.map(Number)) - Math.min(...times.map(Number))).toBeGreaterThan(MINUTES);
  for (const process of crew.processes) await process.ask({ do: "start" });
  await crew.spread();
  crew.inbox.answer = (_, index) => (index % 3 === 1 ? 503 : 200);
  await crew.emitting(EVERY);
  const began = performance.now();
  await until("they have looked at each other for longer than a lease", 2 * LEASE + 5000, () =>
    performance.now() - began > 1.5 * LEASE ? true : undefined,
  );
  expect((await crew.books()).workers).toBe(3);
  expect(crew.processes.filter(({ settled }) => settled > 10)).toHaveLength(3);
  await crew.quiet();
  await crew.arrived();
  await crew.settled();
  expect(crew.verdict).toMatchObject({ missing: 0, again: 0, lost: 0, fallen: 0 });
}, 60_000);
