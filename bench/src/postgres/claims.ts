import { statfs } from "node:fs/promises";
import { postgresStore } from "@heron-webhooks/postgres";
import type { Store } from "@heron-webhooks/sender";
import type { BenchOptions } from "../options.ts";
import { median, alternateOrder } from "../ratio.ts";
import type { Sink } from "../send/sink-process.ts";
import { CONCURRENCY } from "../send/delivery-program.ts";
import { type Cost, printClaims, type Shape } from "./claims-table.ts";
import type { PostgresServer } from "./server.ts";
import { fillSchema } from "./fill-schema.ts";

const SIZES = [10_000, 1_000_000, 10_000_000] as const;
const QUICK_SIZES = [10_000, 100_000] as const;
const ROUNDS = 31;
/** In a round, of each size: so that a pass uses the smallest up. */
const CLAIM_COUNT = 5;
/**
 * Before each pass: until connections know their statements, and the worker has taken all webhooks that have something
 * due, a thousand with each claim.
 */
const WARM_UP_CLAIM_COUNT = 130;
/** What a pending delivery takes on the disk with its event, its indexes and the server's log. */
const BYTES_PER_DELIVERY = 1500;

const SHAPES: readonly Shape[] = [
  { key: "spread", name: "100,000 webhooks of 10,000 accounts", accounts: 10_000, webhooksEach: 10 },
  { key: "one", name: "one webhook", accounts: 1, webhooksEach: 1 },
];

/** What it takes to claim deliveries and to settle them, whatever else is pending. */
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

/** Of each size the costs of all passes. */
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
      // The one of the pass before has been used up.
      const smallest = await open((sizes[0] as number) + WARM_UP_CLAIM_COUNT * CONCURRENCY, `smallest_${pass}`);
      try {
        const inThisPass = await measureInTurns([smallest, ...stores], server);
        for (const [i, cost] of inThisPass.entries()) costs[i]?.push(cost);
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

async function measureInTurns(stores: readonly Store[], server: PostgresServer): Promise<readonly Cost[]> {
  for (const store of stores) for (let i = 0; i < WARM_UP_CLAIM_COUNT; i++) await claimAndComplete(store);
  const totals = stores.map(() => ({ times: [] as number[], server: 0, client: 0, deliveries: 0 }));
  for (let round = 0; round < ROUNDS; round++)
    for (const index of alternateOrder(stores.length, round)) {
      const sum = totals[index] as (typeof totals)[number];
      const [served, startUsage] = [server.cpuSeconds() ?? Number.NaN, process.cpuUsage()];
      for (let i = 0; i < CLAIM_COUNT; i++) {
        const from = performance.now();
        sum.deliveries += await claimAndComplete(stores[index] as Store);
        sum.times.push(performance.now() - from);
      }
      const { user, system } = process.cpuUsage(startUsage);
      sum.client += user + system;
      sum.server += ((server.cpuSeconds() ?? Number.NaN) - served) * 1e6;
    }
  return totals.map(({ times, server: served, client, deliveries }) => ({
    ms: median(times),
    server: served / deliveries,
    client: client / deliveries,
  }));
}

/** As many as there are slots: fewer would mean that something that is due was not found. */
export async function claimAndComplete(store: Store): Promise<number> {
  const claims = await store.claim({ claimant: "bench", max: CONCURRENCY, leaseMs: 60_000 });
  if (claims.length < CONCURRENCY) throw new Error(`${store.name} gave ${claims.length} of ${CONCURRENCY} that are due`);
  const attempt = { status: 200, ms: 1, reason: null, answer: null };
  const lost = await store.complete(
    claims.map(({ lease }) => ({ lease, settled: { state: "delivered" }, attempt })),
  );
  return claims.length - lost.length;
}
