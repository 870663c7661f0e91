import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "@heron-webhooks/sender";
import type { BenchOptions } from "../options.ts";
import { alternateOrder, median } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { CONCURRENCY } from "./delivery-program.ts";
import { createFilledFile, openFilledFile } from "./filled-file.ts";
import type { Sink } from "./sink-process.ts";

const ACCOUNT_COUNT = 100;
const WEBHOOKS_PER_ACCOUNT = 10;
const MAX_TIME_RATIO = 2;
const SIZES = [10_000, 1_000_000, 10_000_000] as const;
/**
 * A pass loads each delivery into memory once: all of the smallest file, and of a larger one as many as fit into memory,
 * which takes this many claims.
 */
const ROUNDS = 31;
const CLAIMS_OF_SMALLEST = 5;
const CLAIMS_OF_LARGER = 8;
/** Until the memory of a larger store is full. */
const WARM_UP_CLAIM_COUNT = 50;
/** Disk space of a pending delivery, with the WAL. */
const BYTES_PER_DELIVERY = 400;

interface OpenedStore {
  readonly pending: number;
  readonly store: Store;
  /** The time to open the store, in milliseconds. */
  readonly openMs: number;
}

/** The cost of claiming and completing a delivery at different numbers of pending ones. */
export async function benchClaims({ isQuick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const { bavail, bsize } = await statfs(scratch);
  const sizes = SIZES.filter(
    (size) => size * BYTES_PER_DELIVERY < bavail * bsize && (!isQuick || size <= 1_000_000),
  );
  const passes = isQuick ? 1 : 3;
  const createFile = (size: number, file: string): Promise<void> =>
    createFilledFile(file, {
      accounts: ACCOUNT_COUNT,
      webhooksPerAccount: WEBHOOKS_PER_ACCOUNT,
      url: `${sink.origin}/`,
      topic: "end_user.*",
      pending: size,
    });
  const opened: OpenedStore[] = [];
  const costs: Cost[][] = sizes.map(() => []);
  try {
    for (const size of sizes) {
      const file = join(scratch, `pending-${size}.db`);
      await createFile(size, file);
      opened.push(await openStore(file, size));
    }
    for (const { store } of opened.slice(1))
      for (let i = 0; i < WARM_UP_CLAIM_COUNT; i++) await claimAndComplete(store);
    // The first pass is for the compiler.
    for (let pass = 0; pass <= passes; pass++) {
      if (pass > 0) {
        // The pass before has used up the smallest size.
        await opened[0]?.store.close();
        const file = join(scratch, `pending-again-${pass}.db`);
        await createFile(sizes[0] as number, file);
        opened[0] = await openStore(file, sizes[0] as number);
      }
      const passCosts = await measureInterleaved(opened);
      if (pass > 0) for (const [i, cost] of passCosts.entries()) costs[i]?.push(cost);
    }
  } finally {
    for (const { store } of opened) await store.close();
  }
  print(opened, costs);
}

async function openStore(file: string, pending: number): Promise<OpenedStore> {
  const from = performance.now();
  const store = await openFilledFile(file);
  return { pending, store, openMs: performance.now() - from };
}

/** The cost of a delivery, in microseconds. */
interface Cost {
  readonly time: number;
  /** CPU time of all threads. */
  readonly cpu: number;
}

async function measureInterleaved(opened: readonly OpenedStore[]): Promise<readonly Cost[]> {
  const totals = opened.map(() => ({ time: 0, cpu: 0, deliveries: 0 }));
  for (let round = 0; round < ROUNDS; round++)
    for (const index of alternateOrder(opened.length, round)) {
      const sum = totals[index] as (typeof totals)[number];
      const [from, before] = [performance.now(), process.cpuUsage()];
      for (let i = 0; i < (index === 0 ? CLAIMS_OF_SMALLEST : CLAIMS_OF_LARGER); i++)
        sum.deliveries += await claimAndComplete((opened[index] as OpenedStore).store);
      sum.time += (performance.now() - from) * 1000;
      const { user, system } = process.cpuUsage(before);
      sum.cpu += user + system;
    }
  return totals.map(({ time, cpu, deliveries }) => ({ time: time / deliveries, cpu: cpu / deliveries }));
}

async function claimAndComplete(store: Store): Promise<number> {
  const claims = await store.claim({ claimant: "bench", max: CONCURRENCY, leaseMs: 60_000 });
  if (claims.length === 0) throw new Error(`${store.name}: nothing to claim`);
  const attempt = { responseStatus: 200, durationMs: 1, reason: null, responseBody: null };
  const lost = await store.complete(
    claims.map(({ lease }) => ({ lease, completion: { state: "delivered" }, attempt })),
  );
  return claims.length - lost.length;
}

function print(opened: readonly OpenedStore[], costs: readonly (readonly Cost[])[]): void {
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
            `<= ${MAX_TIME_RATIO}`,
            formatTargetResult(byTime <= MAX_TIME_RATIO),
          ]),
      openMs.toFixed(0),
    ];
  });
  for (const size of SIZES.slice(opened.length))
    rows.push([`${size.toLocaleString("en")} pending: skipped, quick run or not enough disk space`]);
  printTable(
    `Claiming and completing ${CONCURRENCY} at a time, all due, of ${ACCOUNT_COUNT * WEBHOOKS_PER_ACCOUNT} webhooks of ${ACCOUNT_COUNT} accounts: ${costs[0]?.length ?? 0} passes of ${ROUNDS * CLAIMS_OF_SMALLEST} claims, of the larger ${ROUNDS * CLAIMS_OF_LARGER}`,
    ["", "us each", "CPU us", "by time", "by CPU", "target by time", "", "open ms"],
    rows,
  );
}
