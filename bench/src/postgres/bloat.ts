import { postgresStore } from "@heron-webhooks/postgres";
import type { Client } from "pg";
import type { BenchOptions } from "../options.ts";
import type { Sink } from "../send/sink-process.ts";
import { printTable } from "../table.ts";
import { connected, type PostgresServer } from "./server.ts";
import { claimAlone, makeWebhooks, type Stretch, work } from "./steady-work.ts";

const TABLES = ["owed", "lanes", "wakes", "tallies", "settled"] as const;
const STEPS = 6;
/** Behind a snapshot it may become so slow that it would take hours. */
const LONGEST_MS = 600_000;
const LONGEST_QUICK_MS = 60_000;
const LONGEST_STATEMENT_MS = 60_000;
/** As often as a sender does, which adds up at that what is pending. */
const PRUNE_EVERY_MS = 60_000;
const KEEP = { olderThanMs: 30 * 86_400_000, bytes: 10 * 2 ** 30 } as const;

interface Size {
  /** Of the table with its indexes, in bytes. */
  readonly all: number;
  readonly indexes: number;
}

/** What is seen between two stretches. */
interface Look {
  /** None before the first. */
  readonly stretch: Stretch | null;
  readonly aloneMs: number;
  readonly sizes: readonly Size[];
}

/** How large the tables become through which everything goes, and what a claim costs then; with an old snapshot, too. */
export async function benchBloat({ quick }: BenchOptions, sink: Sink, server: PostgresServer): Promise<void> {
  const count = quick ? 50_000 : 3_000_000;
  const longestMs = quick ? LONGEST_QUICK_MS : LONGEST_MS;
  for (const hasSnapshot of [false, true]) {
    const name = hasSnapshot ? "bloat_snapshot" : "bloat";
    const url = await server.database(name);
    const looks = await observe(url, sink, { count, longestMs, hasSnapshot });
    print(looks, count, hasSnapshot);
    await server.drop(name);
  }
}

async function observe(
  url: string,
  sink: Sink,
  how: { readonly count: number; readonly longestMs: number; readonly hasSnapshot: boolean },
): Promise<readonly Look[]> {
  const store = postgresStore({ connectionString: url, timeoutMs: LONGEST_STATEMENT_MS, listen: false });
  const client = await connected(url);
  const other = await connected(url);
  let pruning: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    pruning = pruning.then(() => store.prune(KEEP, 1000));
    // Whoever waits for it hears of it.
    pruning.catch(() => {});
  }, PRUNE_EVERY_MS);
  try {
    await makeWebhooks(store, `${sink.origin}/`);
    if (how.hasSnapshot) {
      await other.query("begin isolation level repeatable read");
      await other.query("select 1");
    }
    const look = async (stretch: Stretch | null): Promise<Look> => {
      const aloneMs = await claimAlone(store);
      return { stretch, aloneMs, sizes: await sizesOf(client) };
    };
    const looks = [await look(null)];
    const until = performance.now() + how.longestMs;
    for (let step = 0; step < STEPS && performance.now() < until; step++)
      looks.push(await look(await work(store, how.count / STEPS, until)));
    await pruning;
    return looks;
  } finally {
    clearInterval(timer);
    await store.close();
    await client.end();
    await other.end();
  }
}

async function sizesOf(client: Client): Promise<readonly Size[]> {
  const { rows } = await client.query(
    `select pg_total_relation_size(('heron.' || t)::regclass)::double precision as all,
       pg_indexes_size(('heron.' || t)::regclass)::double precision as indexes
     from unnest($1::text[]) with ordinality u(t, place) order by place`,
    [TABLES],
  );
  return rows as readonly Size[];
}

function print(looks: readonly Look[], count: number, hasSnapshot: boolean): void {
  let delivered = 0;
  const rows = looks.map(({ stretch, aloneMs, sizes }) => {
    delivered += stretch?.delivered ?? 0;
    return [
      delivered.toLocaleString("en"),
      stretch === null ? "" : String(Math.round(stretch.perSecond)),
      stretch === null ? "" : stretch.claimMs.toFixed(2),
      aloneMs.toFixed(2),
      ...sizes.map(({ all, indexes }) => `${megabytes(all)} (${megabytes(indexes)})`),
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
