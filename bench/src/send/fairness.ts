import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import { startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";
import { spreadOfTimes } from "./spread.ts";
import { makeStockedFile } from "./stocked-file.ts";
import { SLOTS } from "./subject.ts";

/** What the busy account is owed, and how many webhooks it has. */
export const BUSY = 100_000;
export const BUSY_WEBHOOKS = 10;
const QUIET = 100;
const MOST_MS = 300;
const LEAST_BUSY = 0.95;
const SAMPLES = 100;
const SAMPLE_EVERY_MS = 10;
const LONGEST_WAIT_MS = 30_000;

/** One account that is owed a lot, and a hundred that each emit one event: how long these wait. */
export async function benchFairness({ quick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const file = join(scratch, "fairness.db");
  await makeStockedFile(file, {
    accounts: 1,
    webhooksEach: BUSY_WEBHOOKS,
    url: `${sink.origin}/slow`,
    topic: "end_user.*",
    pending: BUSY,
  });
  await measureFairness(file, sink, quick ? 3 : 10);
}

/** The same of any store that holds what the busy account is owed: at receivers that answer at `/slow`. */
export async function measureFairness(path: string, sink: Sink, rounds: number): Promise<void> {
  const program = await startProgram(new URL("./subjects/quiet-program.ts", import.meta.url), {
    origin: sink.origin,
    path,
    accounts: QUIET,
  });
  const longest: number[] = [];
  const underWay: number[] = [];
  try {
    await after(2000);
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < SAMPLES; i++, await after(SAMPLE_EVERY_MS)) underWay.push(await sink.slow());
      await program.ask("emit");
      longest.push(spreadOfTimes(await arrived(sink)).most);
    }
  } finally {
    await program.stop();
  }
  print(longest, underWay);
}

function print(longest: readonly number[], underWay: readonly number[]): void {
  const most = Math.max(...longest);
  const busy = underWay.reduce((sum, one) => sum + one, 0) / underWay.length;
  printTable(
    `An account with ${BUSY.toLocaleString("en")} due at receivers that take 25 to 75 ms, and ${QUIET} others that emit one event each at once: ${longest.length} times`,
    ["", "median", "worst", "target", ""],
    [
      [
        `until all ${QUIET} had theirs, ms`,
        median(longest).toFixed(1),
        most.toFixed(1),
        `<= ${MOST_MS}`,
        verdict(most <= MOST_MS),
      ],
      [
        `attempts under way of ${SLOTS}, mean ${busy.toFixed(1)}`,
        String(median(underWay)),
        String(Math.min(...underWay)),
        `mean >= ${LEAST_BUSY * SLOTS}`,
        verdict(busy >= LEAST_BUSY * SLOTS),
      ],
    ],
  );
}

async function arrived(sink: Sink): Promise<readonly number[]> {
  const times: number[] = [];
  const until = performance.now() + LONGEST_WAIT_MS;
  while (times.length < QUIET) {
    if (performance.now() > until) throw new Error(`${times.length} of ${QUIET} events arrived`);
    await after(20);
    times.push(...(await sink.times()));
  }
  return times;
}
