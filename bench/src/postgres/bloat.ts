import { postgresStore } from "@heron-webhooks/postgres";
import type { Client } from "pg";
import type { BenchOptions } from "../options.ts";
import type { Sink } from "../send/sink-process.ts";
import { printTable } from "../table.ts";
import { connectClient, type PostgresServer } from "./server.ts";
import { createWebhooks, measureIdleClaim, runWork, type WorkResult } from "./steady-work.ts";

const TABLES = [
  "pending_deliveries",
  "webhook_leases",
  "notifications",
  "pending_counters",
  "delivery_log",
] as const;
const STEPS = 6;
/** With an old snapshot it may become so slow that it would take hours. */
const MAX_DURATION_MS = 600_000;
const MAX_QUICK_DURATION_MS = 60_000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** The interval of a sender. Pruning also sums up the counters. */
const PRUNE_INTERVAL_MS = 60_000;
const RETENTION = { maxAgeMs: 30 * 86_400_000, maxBytes: 10 * 2 ** 30 } as const;

interface TableSize {
  /** With its indexes. */
  readonly tableBytes: number;
  readonly indexBytes: number;
}

interface Sample {
  /** The work before the sample; null for the first. */
  readonly work: WorkResult | null;
  readonly idleClaimMs: number;
  readonly sizes: readonly TableSize[];
}

/** How large the tables of pending work become, and what a claim costs then, also with an old snapshot. */
export async function benchBloat(
  { isQuick }: BenchOptions,
  sink: Sink,
  server: PostgresServer,
): Promise<void> {
  const count = isQuick ? 50_000 : 3_000_000;
  const longestMs = isQuick ? MAX_QUICK_DURATION_MS : MAX_DURATION_MS;
  for (const hasSnapshot of [false, true]) {
    const name = hasSnapshot ? "bloat_snapshot" : "bloat";
    const url = await server.database(name);
    const samples = await observeBloat(url, sink, { count, longestMs, hasSnapshot });
    print(samples, count, hasSnapshot);
    await server.drop(name);
  }
}

async function observeBloat(
  url: string,
  sink: Sink,
  how: { readonly count: number; readonly longestMs: number; readonly hasSnapshot: boolean },
): Promise<readonly Sample[]> {
  const store = postgresStore({
    connectionString: url,
    statementTimeout: STATEMENT_TIMEOUT_MS,
    listen: false,
  });
  const client = await connectClient(url);
  const snapshotClient = await connectClient(url);
  let pruning: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    pruning = pruning.then(() => store.prune(RETENTION, 1000));
    // The await below throws the error.
    pruning.catch(() => {});
  }, PRUNE_INTERVAL_MS);
  try {
    await createWebhooks(store, `${sink.origin}/`);
    if (how.hasSnapshot) {
      await snapshotClient.query("begin isolation level repeatable read");
      await snapshotClient.query("select 1");
    }
    const takeSample = async (work: WorkResult | null): Promise<Sample> => {
      const idleClaimMs = await measureIdleClaim(store);
      return { work, idleClaimMs, sizes: await getTableSizes(client) };
    };
    const samples = [await takeSample(null)];
    const until = performance.now() + how.longestMs;
    for (let step = 0; step < STEPS && performance.now() < until; step++)
      samples.push(await takeSample(await runWork(store, how.count / STEPS, until)));
    await pruning;
    return samples;
  } finally {
    clearInterval(timer);
    await store.close();
    await client.end();
    await snapshotClient.end();
  }
}

async function getTableSizes(client: Client): Promise<readonly TableSize[]> {
  const { rows } = await client.query(
    `select pg_total_relation_size(('heron.' || t)::regclass)::double precision as "tableBytes",
       pg_indexes_size(('heron.' || t)::regclass)::double precision as "indexBytes"
     from unnest($1::text[]) with ordinality u(t, nth) order by nth`,
    [TABLES],
  );
  return rows as readonly TableSize[];
}

function print(samples: readonly Sample[], count: number, hasSnapshot: boolean): void {
  let delivered = 0;
  const rows = samples.map(({ work, idleClaimMs, sizes }) => {
    delivered += work?.delivered ?? 0;
    return [
      delivered.toLocaleString("en"),
      work === null ? "" : String(Math.round(work.perSecond)),
      work === null ? "" : work.claimMs.toFixed(2),
      idleClaimMs.toFixed(2),
      ...sizes.map(({ tableBytes, indexBytes }) => `${megabytes(tableBytes)} (${megabytes(indexBytes)})`),
    ];
  });
  printTable(
    `${count.toLocaleString("en")} published, claimed and completed by one process, without HTTP${hasSnapshot ? ", while another connection holds an old snapshot" : ""}\nMB with indexes (and of the indexes); ms of a claim of up to 64 under load, and while idle${delivered < count ? "\nstopped at the time limit" : ""}`,
    ["delivered", "per s", "claim ms", "idle ms", ...TABLES],
    rows,
  );
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
