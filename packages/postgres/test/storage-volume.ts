/**
 * Measures how many bytes an event needs in the tables and in the WAL. Run it with
 * `node packages/postgres/test/storage-volume.ts`. It takes a few minutes, with `--quick` a tenth of that.
 */
import { randomBytes } from "node:crypto";
import { PostgresCluster } from "@heron-webhooks/conformance/postgres";
import {
  type AttemptResult,
  type Claim,
  createSender,
  type NewEvent,
  type Store,
} from "@heron-webhooks/sender";
import { Pool } from "pg";
import { postgresStore } from "../src/index.ts";

interface Plan {
  readonly name: string;
  readonly schema: string;
  readonly events: number;
  readonly accounts: number;
  readonly webhooksPerAccount: number;
  /** How many events are published, and deliveries completed, in one statement. */
  readonly batch: number;
  /** Events have ids of the application. */
  readonly idempotent?: boolean;
  /** The first attempt of every n-th delivery fails. */
  readonly failsEvery?: number;
  /** A checkpoint after so many events: after it, the WAL has whole pages again. */
  readonly checkpointEvery?: number;
  /** How many deliveries of each webhook are in the log at the start. */
  readonly loggedBefore?: number;
}

interface Measured {
  /** In bytes an event. */
  readonly wal: Readonly<Record<Phase, number>>;
  readonly tables: ReadonlyMap<string, number>;
  readonly statements: number;
  readonly pages: number;
}

type Phase = "publish" | "claim" | "complete" | "vacuum" | "prune";

const BODY_BYTES = 400;
const PERSISTENT_TABLES = ["events", "idempotency_keys", "delivery_log", "attempts"] as const;
const PHASES: readonly Phase[] = ["publish", "claim", "complete", "vacuum", "prune"];
const CHUNK_SIZE = 1000;

const scale = process.argv.includes("--quick") ? 0.1 : 1;
const usual = { events: 100_000 * scale, accounts: 1000, webhooksPerAccount: 1, batch: 64 };
const wide = { ...usual, accounts: 20_000 * scale, checkpointEvery: 20_000 * scale };
const PLANS: readonly Plan[] = [
  { ...usual, name: "1 delivery an event, 64 a statement", schema: "one" },
  { ...usual, name: "2 deliveries an event", schema: "two", webhooksPerAccount: 2 },
  { ...usual, name: "the same 1, with the application's ids", schema: "keyed", idempotent: true },
  { ...usual, name: "the same 1, one in 10 fails once", schema: "failing", failsEvery: 10 },
  { ...usual, name: "the same 1, one a statement", schema: "single", batch: 1, events: 20_000 * scale },
  { ...wide, name: "the same 1, 20,000 webhooks, 5 checkpoints", schema: "wide" },
  { ...wide, name: "the same, with 300 of each webhook in the log", schema: "old", loggedBefore: 300 },
];

const cluster = await PostgresCluster.start(["shared_buffers=512MB", "max_wal_size=8GB"]);
const pool = new Pool({ connectionString: cluster.url, max: 8 });
try {
  const { rows } = await pool.query("select version()");
  console.log(
    `${(rows[0] as { readonly version: string }).version}\na body is ${BODY_BYTES} bytes; bytes an event:\n`,
  );
  for (const plan of PLANS) print(plan, await measure(plan));
} finally {
  await pool.end();
  await cluster.end();
}

async function measure(plan: Plan): Promise<Measured> {
  const store = postgresStore({ pool, schema: plan.schema, listen: false });
  await prepareSchema(store, plan);
  await pool.query("checkpoint");
  const empty = await getTableSizes(plan.schema);
  const wal: Record<Phase, number> = { publish: 0, claim: 0, complete: 0, vacuum: 0, prune: 0 };
  let last = await getWalPosition();
  const count = async (phase: Phase): Promise<void> => {
    const now = await getWalPosition();
    wal[phase] += (now.bytes - last.bytes) / plan.events;
    last = now;
  };
  const first = last;
  let statements = 0;
  for (let from = 0; from < plan.events; from += CHUNK_SIZE) {
    for (let i = from; i < from + CHUNK_SIZE; i += plan.batch, statements++)
      await store.publish(createEvents(plan, i, Math.min(plan.batch, from + CHUNK_SIZE - i)));
    await count("publish");
    statements += await completeAll(store, plan, count);
    if (plan.checkpointEvery !== undefined && (from + CHUNK_SIZE) % plan.checkpointEvery === 0)
      await pool.query("checkpoint");
  }
  const pages = last.pages - first.pages;
  const tables = new Map(
    [...(await getTableSizes(plan.schema))].map(([table, bytes]) => [table, bytes - (empty.get(table) ?? 0)]),
  );
  for (const table of PERSISTENT_TABLES) await pool.query(`vacuum (freeze) ${plan.schema}.${table}`);
  await count("vacuum");
  while (!(await store.prune({ maxAgeMs: -1000, maxBytes: 0 }, 500)).isDone);
  await count("prune");
  await store.close();
  return { wal, tables, statements: statements / plan.events, pages: pages / plan.events };
}

/** Claims and completes all pending deliveries. Returns the number of statements. */
async function completeAll(
  store: Store,
  plan: Plan,
  count: (phase: Phase) => Promise<void>,
): Promise<number> {
  let statements = 0;
  for (;;) {
    const claims: Claim[] = [];
    for (let last = -1; claims.length > last; statements++) {
      last = claims.length;
      claims.push(...(await store.claim({ claimant: "volume", max: 256, leaseMs: 60_000 })));
    }
    await count("claim");
    if (claims.length === 0) return statements;
    for (let i = 0; i < claims.length; i += plan.batch, statements++)
      await store.complete(
        claims.slice(i, i + plan.batch).map((claim, k) => toAttemptResult(plan, claim, i + k)),
      );
    await count("complete");
  }
}

function toAttemptResult({ failsEvery }: Plan, { lease, attemptCount }: Claim, nth: number): AttemptResult {
  const fails = failsEvery !== undefined && attemptCount === 0 && nth % failsEvery === 0;
  const reason = fails ? "answered 503, it may be able to take it later" : null;
  return {
    lease,
    completion: fails ? { state: "retry", delayMs: 0 } : { state: "delivered" },
    attempt: {
      responseStatus: fails ? 503 : 200,
      durationMs: 57,
      reason,
      responseBody: fails ? "x".repeat(200) : null,
    },
  };
}

function createEvents({ accounts, idempotent = false }: Plan, from: number, count: number): NewEvent[] {
  return Array.from({ length: count }, (_, k) => {
    const id = `evt_${randomBytes(16).toString("hex")}`;
    const head = `{"topic":"end_user.processed","created":"2026-01-01T00:00:00+00:00","id":"${id}","meta":null,"data":{"note":"`;
    return {
      // Not in the order of the account numbers.
      account: `account-${((from + k) * 7919) % accounts}`,
      id,
      idempotent,
      topic: "end_user.processed",
      body: `${head}${noise(BODY_BYTES - head.length - 3)}"}}`,
      user: null,
      webhook: null,
    };
  });
}

/** Text that does not compress better than real text. */
function noise(length: number): string {
  return randomBytes(length).toString("base64").slice(0, length);
}

/** Creates webhooks, and a log as large as that of weeks. */
async function prepareSchema(
  store: Store,
  { schema, accounts, webhooksPerAccount, loggedBefore = 0 }: Plan,
): Promise<void> {
  const { webhooks } = createSender({ store });
  for (let i = 0; i < accounts * webhooksPerAccount; i++)
    await webhooks.create({
      account: `account-${Math.floor(i / webhooksPerAccount)}`,
      url: "https://customer.example/webhooks",
      topics: ["end_user.*"],
      concurrency: 1000,
    });
  await pool.query(
    `insert into ${schema}.delivery_log(id, webhook, account, event, is_dead, attempt_count, response_status, duration_ms, completed_at)
     select i, i % $1 + 1, i % $1 + 1, i, false, 1, 200, 57, $2 from generate_series(1, $1::bigint * $3) i`,
    [accounts, Date.now(), loggedBefore],
  );
  await pool.query(`vacuum (freeze) ${schema}.delivery_log`);
  await pool.query(`select setval('${schema}.delivery_ids', $1::bigint)`, [accounts * loggedBefore + 1]);
}

async function getWalPosition(): Promise<{ readonly bytes: number; readonly pages: number }> {
  const { rows } = await pool.query(
    "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes, (select wal_fpi::float8 from pg_stat_wal) as pages",
  );
  return rows[0] as { readonly bytes: number; readonly pages: number };
}

/** The size of every table with its indexes. */
async function getTableSizes(schema: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query(
    "select relname as name, pg_total_relation_size(oid)::float8 as bytes from pg_class where relnamespace = $1::regnamespace and relkind = 'r'",
    [schema],
  );
  const found = rows as readonly { readonly name: string; readonly bytes: number }[];
  return new Map(found.map(({ name, bytes }) => [name, bytes]));
}

function print({ name, events }: Plan, { wal, tables, statements, pages }: Measured): void {
  const stored = PERSISTENT_TABLES.map(
    (table) => `${table} ${Math.round((tables.get(table) ?? 0) / events)}`,
  );
  const work = [...tables].filter(
    ([table, bytes]) => bytes > 0 && !PERSISTENT_TABLES.some((persistent) => persistent === table),
  );
  const total = PHASES.reduce((sum, phase) => sum + wal[phase], 0);
  console.log(`${name}: ${events} events`);
  console.log(`  stored: ${stored.join(", ")}`);
  console.log(`  others, kB in all: ${work.map(([table, bytes]) => `${table} ${bytes / 1024}`).join(", ")}`);
  console.log(
    `  WAL: ${PHASES.map((phase) => `${phase} ${Math.round(wal[phase])}`).join(", ")}, in all ${Math.round(total)}`,
  );
  console.log(`  statements ${statements.toFixed(3)}, whole pages logged ${pages.toFixed(3)}\n`);
}
