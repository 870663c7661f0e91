import { postgresStore } from "@heron-webhooks/postgres";
import type { Client } from "pg";
import type { BenchOptions } from "../options.ts";
import type { Sink } from "../send/sink-process.ts";
import { printTable } from "../table.ts";
import { connectClient, type PostgresServer } from "./server.ts";
import { measureIdleClaim, makeWebhooks, type WorkResult, runWork } from "./steady-work.ts";

const TABLES = ["owed", "lanes", "wakes", "tallies", "settled"] as const;
const STEPS = 6;
/** Behind a snapshot it may become so slow that it would take hours. */
const MAX_DURATION_MS = 600_000;
const MAX_QUICK_DURATION_MS = 60_000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** As often as a sender does, which adds up at that what is pending. */
const PRUNE_INTERVAL_MS = 60_000;
const RETENTION = { olderThanMs: 30 * 86_400_000, bytes: 10 * 2 ** 30 } as const;

interface TableSize {
  /** Of the table with its indexes, in bytes. */
  readonly tableBytes: number;
  readonly indexBytes: number;
}

/** What is seen between two stretches. */
interface Sample {
  /** None before the first. */
  readonly stretch: WorkResult | null;
  readonly aloneMs: number;
  readonly sizes: readonly TableSize[];
}

/** How large the tables become through which everything goes, and what a claim costs then; with an old snapshot, too. */
export async function benchBloat({ isQuick }: BenchOptions, sink: Sink, server: PostgresServer): Promise<void> {
  const count = isQuick ? 50_000 : 3_000_000;
  const longestMs = isQuick ? MAX_QUICK_DURATION_MS : MAX_DURATION_MS;
  for (const hasSnapshot of [false, true]) {
    const name = hasSnapshot ? "bloat_snapshot" : "bloat";
    const url = await server.database(name);
    const looks = await observeBloat(url, sink, { count, longestMs, hasSnapshot });
    print(looks, count, hasSnapshot);
    await server.drop(name);
  }
}

async function observeBloat(
  url: string,
  sink: Sink,
  how: { readonly count: number; readonly longestMs: number; readonly hasSnapshot: boolean },
): Promise<readonly Sample[]> {
  const store = postgresStore({ connectionString: url, timeoutMs: STATEMENT_TIMEOUT_MS, listen: false });
  const client = await connectClient(url);
  const snapshotClient = await connectClient(url);
  let pruning: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    pruning = pruning.then(() => store.prune(RETENTION, 1000));
    // Whoever waits for it hears of it.
    pruning.catch(() => {});
  }, PRUNE_INTERVAL_MS);
  try {
    await makeWebhooks(store, `${sink.origin}/`);
    if (how.hasSnapshot) {
      await snapshotClient.query("begin isolation level repeatable read");
      await snapshotClient.query("select 1");
    }
    const look = async (stretch: WorkResult | null): Promise<Sample> => {
      const aloneMs = await measureIdleClaim(store);
      return { stretch, aloneMs, sizes: await getTableSizes(client) };
    };
    const looks = [await look(null)];
    const until = performance.now() + how.longestMs;
    for (let step = 0; step < STEPS && performance.now() < until; step++)
      looks.push(await look(await runWork(store, how.count / STEPS, until)));
    await pruning;
    return looks;
  } finally {
    clearInterval(timer);
    await store.close();
    await client.end();
    await snapshotClient.end();
  }
}

async function getTableSizes(client: Client): Promise<readonly TableSize[]> {
  const { rows } = await client.query(
    `select pg_total_relation_size(('heron.' || t)::regclass)::double precision as all,
       pg_indexes_size(('heron.' || t)::regclass)::double precision as indexes
     from unnest($1::text[]) with ordinality u(t, place) order by place`,
    [TABLES],
  );
  return rows as readonly TableSize[];
}

function print(looks: readonly Sample[], count: number, hasSnapshot: boolean): void {
  let delivered = 0;
  const rows = looks.map(({ stretch, aloneMs, sizes }) => {
    delivered += stretch?.delivered ?? 0;
    return [
      delivered.toLocaleString("en"),
      stretch === null ? "" : String(Math.round(stretch.perSecond)),
      stretch === null ? "" : stretch.claimMs.toFixed(2),
      aloneMs.toFixed(2),
      ...sizes.map(({ tableBytes, indexBytes }) => `${megabytes(tableBytes)} (${megabytes(indexBytes)})`),
    ];
  });
  printTable(
    `${count.toLocaleString("en")} published, claimed and settled by one process, without HTTP${hasSnapshot ? ", while another connection keeps a snapshot from before" : ""}\nMB with indexes (and of these); ms of a claim of up to 64 among the rest, and while nothing else is done${delivered < count ? "\nnot all of them: the time was over" : ""}`,
    ["delivered", "per s", "claim ms", "alone", ...TABLES],
    rows,
  );
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
