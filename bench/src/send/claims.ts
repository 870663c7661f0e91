import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "@heron-webhooks/sender";
import type { BenchOptions } from "../options.ts";
import { median, turnedAbout } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import type { Sink } from "./sink-process.ts";
import { makeStockedFile, openStockedFile } from "./stocked-file.ts";
import { SLOTS } from "./subject.ts";

const ACCOUNTS = 100;
const WEBHOOKS_EACH = 10;
const MOST_TIMES = 2;
const SIZES = [10_000, 1_000_000, 10_000_000] as const;
/**
 * In a pass each delivery is brought into memory once: of the smallest file all of them, and of a larger one as many as it
 * keeps in memory, which is after these many claims.
 */
const ROUNDS = 31;
const CLAIMS_OF_SMALLEST = 5;
const CLAIMS_OF_LARGER = 8;
/** Until a larger one has in memory what it keeps there. */
const WARM_UP_CLAIMS = 50;
/** What a pending delivery takes in the file, with room for the log of what changes. */
const BYTES_EACH = 400;

interface Opened {
  readonly pending: number;
  readonly store: Store;
  /** Until it was known what is owed, in milliseconds. */
  readonly openMs: number;
}

/** What it takes to claim a delivery and to settle it, whatever else is pending. */
export async function benchClaims({ quick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const { bavail, bsize } = await statfs(scratch);
  const sizes = SIZES.filter((size) => size * BYTES_EACH < bavail * bsize && (!quick || size <= 1_000_000));
  const passes = quick ? 1 : 3;
  const made = (size: number, file: string): Promise<void> =>
    makeStockedFile(file, {
      accounts: ACCOUNTS,
      webhooksEach: WEBHOOKS_EACH,
      url: `${sink.origin}/`,
      topic: "end_user.*",
      pending: size,
    });
  const opened: Opened[] = [];
  const costs: Cost[][] = sizes.map(() => []);
  try {
    for (const size of sizes) {
      const file = join(scratch, `pending-${size}.db`);
      await made(size, file);
      opened.push(await open(file, size));
    }
    for (const { store } of opened.slice(1))
      for (let i = 0; i < WARM_UP_CLAIMS; i++) await claimAndSettle(store);
    // The first pass is for the compiler.
    for (let pass = 0; pass <= passes; pass++) {
      if (pass > 0) {
        // The smallest has been used up.
        await opened[0]?.store.close();
        const file = join(scratch, `pending-again-${pass}.db`);
        await made(sizes[0] as number, file);
        opened[0] = await open(file, sizes[0] as number);
      }
      const inThisPass = await inTurn(opened);
      if (pass > 0) for (const [i, cost] of inThisPass.entries()) costs[i]?.push(cost);
    }
  } finally {
    for (const { store } of opened) await store.close();
  }
  print(opened, costs);
}

async function open(file: string, pending: number): Promise<Opened> {
  const from = performance.now();
  const store = await openStockedFile(file);
  return { pending, store, openMs: performance.now() - from };
}

/** What a delivery takes, in microseconds. */
interface Cost {
  readonly time: number;
  /** Of the processor, in all threads. */
  readonly cpu: number;
}

/** What a delivery of each takes. */
async function inTurn(opened: readonly Opened[]): Promise<readonly Cost[]> {
  const all = opened.map(() => ({ time: 0, cpu: 0, deliveries: 0 }));
  for (let round = 0; round < ROUNDS; round++)
    for (const index of turnedAbout(opened.length, round)) {
      const sum = all[index] as (typeof all)[number];
      const [from, before] = [performance.now(), process.cpuUsage()];
      for (let i = 0; i < (index === 0 ? CLAIMS_OF_SMALLEST : CLAIMS_OF_LARGER); i++)
        sum.deliveries += await claimAndSettle((opened[index] as Opened).store);
      sum.time += (performance.now() - from) * 1000;
      const { user, system } = process.cpuUsage(before);
      sum.cpu += user + system;
    }
  return all.map(({ time, cpu, deliveries }) => ({ time: time / deliveries, cpu: cpu / deliveries }));
}

async function claimAndSettle(store: Store): Promise<number> {
  const claims = await store.claim({ worker: "bench", max: SLOTS, leaseMs: 60_000 });
  if (claims.length === 0) throw new Error(`${store.name}: nothing to claim`);
  const attempt = { status: 200, ms: 1, reason: null, answer: null };
  const lost = await store.settle(
    claims.map(({ lease }) => ({ lease, settled: { state: "delivered" }, attempt })),
  );
  return claims.length - lost.length;
}

function print(opened: readonly Opened[], costs: readonly (readonly Cost[])[]): void {
  const middle = (index: number, which: keyof Cost): number =>
    median((costs[index] ?? []).map((cost) => cost[which]));
  const ratio = (index: number, which: keyof Cost): number =>
    median((costs[index] ?? []).map((cost, pass) => cost[which] / (costs[0]?.[pass]?.[which] ?? Number.NaN)));
  const rows = opened.map(({ pending, openMs }, index) => {
    const byTime = ratio(index, "time");
    return [
      `${pending.toLocaleString("en")} pending`,
      middle(index, "time").toFixed(1),
      middle(index, "cpu").toFixed(1),
      ...(index === 0
        ? ["", "", "", ""]
        : [
            byTime.toFixed(3),
            ratio(index, "cpu").toFixed(3),
            `<= ${MOST_TIMES}`,
            verdict(byTime <= MOST_TIMES),
          ]),
      openMs.toFixed(0),
    ];
  });
  for (const size of SIZES.slice(opened.length))
    rows.push([`${size.toLocaleString("en")} pending: left out, quick or no room on the disk`]);
  printTable(
    `Claiming and settling ${SLOTS} at a time, all due, of ${ACCOUNTS * WEBHOOKS_EACH} webhooks of ${ACCOUNTS} accounts: ${costs[0]?.length ?? 0} passes of ${ROUNDS * CLAIMS_OF_SMALLEST} claims, of the larger ${ROUNDS * CLAIMS_OF_LARGER}`,
    ["", "us each", "CPU us", "by time", "by CPU", "target by time", "", "open ms"],
    rows,
  );
}
