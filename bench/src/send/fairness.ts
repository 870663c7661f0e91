import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { CONCURRENCY } from "./delivery-program.ts";
import { createFilledFile } from "./filled-file.ts";
import { startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";
import { getTimeSpread } from "./spread.ts";

/** The pending deliveries and the webhooks of the busy account. */
export const BUSY_PENDING = 100_000;
export const BUSY_WEBHOOKS = 10;
const QUIET_ACCOUNTS = 100;
const MAX_WAIT_MS = 300;
const MIN_UTILIZATION = 0.95;
const SAMPLES = 100;
const SAMPLE_INTERVAL_MS = 10;
const WAIT_TIMEOUT_MS = 30_000;

/** How long a hundred accounts with one event each wait beside an account with a large backlog. */
export async function benchFairness({ isQuick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const file = join(scratch, "fairness.db");
  await createFilledFile(file, {
    accounts: 1,
    webhooksPerAccount: BUSY_WEBHOOKS,
    url: `${sink.origin}/slow`,
    topic: "end_user.*",
    pending: BUSY_PENDING,
  });
  await measureFairness(file, sink, isQuick ? 3 : 10);
}

/** The same for a store that has the backlog of the busy account. */
export async function measureFairness(path: string, sink: Sink, rounds: number): Promise<void> {
  const program = await startProgram(new URL("./programs/quiet-program.ts", import.meta.url), {
    origin: sink.origin,
    path,
    accounts: QUIET_ACCOUNTS,
  });
  const longest: number[] = [];
  const inFlight: number[] = [];
  try {
    await after(2000);
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < SAMPLES; i++, await after(SAMPLE_INTERVAL_MS))
        inFlight.push(await sink.getSlowInFlight());
      await program.ask("emit");
      longest.push(getTimeSpread(await waitForArrivals(sink)).max);
    }
  } finally {
    await program.stop();
  }
  print(longest, inFlight);
}

function print(longest: readonly number[], inFlight: readonly number[]): void {
  const worst = Math.max(...longest);
  const busy = inFlight.reduce((sum, sample) => sum + sample, 0) / inFlight.length;
  printTable(
    `An account with ${BUSY_PENDING.toLocaleString("en")} due at receivers that take 25 to 75 ms, and ${QUIET_ACCOUNTS} others that emit one event each at once, ${longest.length} times`,
    ["", "median", "worst", "target", ""],
    [
      [
        `until all ${QUIET_ACCOUNTS} events arrived, ms`,
        median(longest).toFixed(1),
        worst.toFixed(1),
        `<= ${MAX_WAIT_MS}`,
        formatTargetResult(worst <= MAX_WAIT_MS),
      ],
      [
        `attempts in flight of ${CONCURRENCY}, mean ${busy.toFixed(1)}`,
        String(median(inFlight)),
        String(Math.min(...inFlight)),
        `mean >= ${MIN_UTILIZATION * CONCURRENCY}`,
        formatTargetResult(busy >= MIN_UTILIZATION * CONCURRENCY),
      ],
    ],
  );
}

async function waitForArrivals(sink: Sink): Promise<readonly number[]> {
  const times: number[] = [];
  const until = performance.now() + WAIT_TIMEOUT_MS;
  while (times.length < QUIET_ACCOUNTS) {
    if (performance.now() > until) throw new Error(`${times.length} of ${QUIET_ACCOUNTS} events arrived`);
    await after(20);
    times.push(...(await sink.takeTimes()));
  }
  return times;
}
