import { statfs } from "node:fs/promises";
import { postgresStore } from "@heron-webhooks/postgres";
import type { Store } from "@heron-webhooks/sender";
import type { BenchOptions } from "../options.ts";
import { alternateOrder, median } from "../ratio.ts";
import { CONCURRENCY } from "../send/delivery-program.ts";
import type { Sink } from "../send/sink-process.ts";
import { type Cost, printClaims, type Shape } from "./claims-table.ts";
import { fillSchema } from "./fill-schema.ts";
import type { PostgresServer } from "./server.ts";

const SIZES = [10_000, 1_000_000, 10_000_000] as const;
const QUICK_SIZES = [10_000, 100_000] as const;
const ROUNDS = 31;
/** Per round and size: a pass uses up the smallest size. */
const CLAIM_COUNT = 5;
/**
 * Before each pass: until statements are prepared, and the process owns all webhooks with due deliveries, of which each
 * claim takes a thousand.
 */
const WARM_UP_CLAIM_COUNT = 130;
/** Disk space of a pending delivery with its event, its indexes and the WAL. */
const BYTES_PER_DELIVERY = 1500;

const SHAPES: readonly Shape[] = [
  { key: "spread", name: "100,000 webhooks of 10,000 accounts", accounts: 10_000, webhooksPerAccount: 10 },
  { key: "one", name: "one webhook", accounts: 1, webhooksPerAccount: 1 },
];

/** The cost of claiming and completing deliveries at different numbers of pending ones. */
export async function benchClaims(
  { isQuick }: BenchOptions,
  sink: Sink,
  server: PostgresServer,
  scratch: string,
): Promise<void> {
  const wanted: readonly number[] = isQuick ? QUICK_SIZES : SIZES;
  for (const shape of SHAPES) {
    const { bavail, bsize } = await statfs(scratch);
    const sizes = wanted.filter((size) => size * BYTES_PER_DELIVERY < bavail * bsize);
    const costs = await measure(shape, sizes, isQuick ? 1 : 3, `${sink.origin}/`, server);
    printClaims(shape, wanted, costs, { claims: ROUNDS * CLAIM_COUNT });
  }
}

/** Returns the costs of all passes for each size. */
async function measure(
  shape: Shape,
  sizes: readonly number[],
  passes: number,
  url: string,
  server: PostgresServer,
): Promise<readonly (readonly Cost[])[]> {
  const name = `claims_${shape.key}`;
  const database = await server.database(name);
  const open = async (size: number, schema: string): Promise<Store> => {
    await fillSchema(database, schema, { ...shape, concurrency: CONCURRENCY, url, pending: size });
    return postgresStore({ connectionString: database, schema, listen: false });
  };
  const costs: Cost[][] = sizes.map(() => []);
  const stores: Store[] = [];
  try {
    for (const size of sizes.slice(1)) stores.push(await open(size, `pending_${size}`));
    for (let pass = 0; pass < passes; pass++) {
      // The pass before has used up the smallest size.
      const smallest = await open(
        (sizes[0] as number) + WARM_UP_CLAIM_COUNT * CONCURRENCY,
        `smallest_${pass}`,
      );
      try {
        const passCosts = await measureInterleaved([smallest, ...stores], server);
        for (const [i, cost] of passCosts.entries()) costs[i]?.push(cost);
      } finally {
        await smallest.close();
      }
    }
  } finally {
    for (const store of stores) await store.close();
    await server.drop(name);
  }
  return costs;
}

async function measureInterleaved(
  stores: readonly Store[],
  server: PostgresServer,
): Promise<readonly Cost[]> {
  for (const store of stores) for (let i = 0; i < WARM_UP_CLAIM_COUNT; i++) await claimAndComplete(store);
  const totals = stores.map(() => ({ times: [] as number[], server: 0, client: 0, deliveries: 0 }));
  for (let round = 0; round < ROUNDS; round++)
    for (const index of alternateOrder(stores.length, round)) {
      const sum = totals[index] as (typeof totals)[number];
      const [serverStart, startUsage] = [server.cpuSeconds() ?? Number.NaN, process.cpuUsage()];
      for (let i = 0; i < CLAIM_COUNT; i++) {
        const from = performance.now();
        sum.deliveries += await claimAndComplete(stores[index] as Store);
        sum.times.push(performance.now() - from);
      }
      const { user, system } = process.cpuUsage(startUsage);
      sum.client += user + system;
      sum.server += ((server.cpuSeconds() ?? Number.NaN) - serverStart) * 1e6;
    }
  return totals.map(({ times, server: serverCpu, client, deliveries }) => ({
    ms: median(times),
    server: serverCpu / deliveries,
    client: client / deliveries,
  }));
}

/** Claims as many as the concurrency: fewer would mean that due deliveries were not found. */
export async function claimAndComplete(store: Store): Promise<number> {
  const claims = await store.claim({ claimant: "bench", max: CONCURRENCY, leaseMs: 60_000 });
  if (claims.length < CONCURRENCY)
    throw new Error(`${store.name} returned ${claims.length} of ${CONCURRENCY} due deliveries`);
  const attempt = { responseStatus: 200, durationMs: 1, reason: null, responseBody: null };
  const lost = await store.complete(
    claims.map(({ lease }) => ({ lease, completion: { state: "delivered" }, attempt })),
  );
  return claims.length - lost.length;
}
