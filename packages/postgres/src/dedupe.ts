import { createHash, randomInt, randomUUID } from "node:crypto";
import { type DedupeStore, HeronError } from "@heron-webhooks/core";
import { assertKnownKeys, assertInteger } from "@heron-webhooks/engine";
import { escapeIdentifier, type Pool } from "pg";
import { Database } from "./database.ts";
import { OperationTimeout } from "./operation-timeout.ts";
import { dedupeStatements, ensureDedupeSchema, type ReservationRow } from "./schema/dedupe.ts";

export interface PostgresDedupeOptions {
  /** The schema that has the table `dedupe`; it may be the sender's store's. Default `heron`. */
  readonly schema?: string | undefined;
  /**
   * How long an operation may take, its wait for a connection included, in milliseconds. Default 2000: a receiver waits no
   * longer.
   */
  readonly timeoutMs?: number | undefined;
}

const OPTION_KEYS = { schema: true, timeoutMs: true } as const;
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const REQUIRED_PRIVILEGES =
  "To make its table, the role needs CREATE on the database, or on the schema if there is one; to use the table, USAGE on the schema, and SELECT, INSERT, UPDATE and DELETE on dedupe in it.";

const TOKEN_PATTERN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One reservation in so many sweeps up to so many rows: more than they bring in, and never much at a time. */
const CLEANUP_INTERVAL_CALLS = 64;
const CLEANUP_BATCH_SIZE = 256;
/** What is over stays so long, in milliseconds: who outstays a lease that nobody else took can still complete it. */
const CLEANUP_DELAY_MS = 600_000;

/**
 * A dedupe store in PostgreSQL, 13 or newer, for receivers in any number of processes. The first operation makes its
 * table, unless it is there. The pool stays the application's, to end once its receivers are closed.
 * @throws HeronError `option_invalid`; from its operations `store_unavailable`, `store_busy`, `store_full`,
 * `store_version`, of which a receiver makes `dedupe_unavailable`
 */
export function postgresDedupe(pool: Pool, options: PostgresDedupeOptions = {}): DedupeStore {
  const { schema, timeoutMs: statementTimeoutMs } = parseOptions(pool, options);
  const quotedSchema = escapeIdentifier(schema);
  const name = `The dedupe store in PostgreSQL (${schema})`;
  const database = new Database({
    pool,
    schema: quotedSchema,
    name,
    statementTimeoutMs,
    migrate: (client) => ensureDedupeSchema(client, quotedSchema),
    endPool: async () => {},
  });
  const statements = dedupeStatements(quotedSchema);
  const timeout = new OperationTimeout(name, statementTimeoutMs, REQUIRED_PRIVILEGES);
  const cleanUp = runEveryNthCall(() => database.query(statements.cleanUp, [CLEANUP_BATCH_SIZE, CLEANUP_DELAY_MS]));
  const release = (digest: Buffer, token: string): Promise<unknown> =>
    database.query(statements.release, [digest, token]);

  return {
    async reserve(key, leaseMs) {
      const digest = toDigest(key);
      const token = randomUUID();
      const reservation = database.query<ReservationRow>(statements.reserve, [digest, token, toBigintMs(leaseMs)]);
      const [row] = await timeout.withTimeout(reservation, () => release(digest, token));
      cleanUp();
      if (row?.isReserved === true) return { token };
      return typeof row?.busyMs === "number" ? { busy: row.busyMs } : "done";
    },
    async complete(key, token, ttlMs) {
      if (!TOKEN_PATTERN.test(token)) return;
      await timeout.withTimeout(database.query(statements.complete, [toDigest(key), token, toBigintMs(ttlMs)]));
    },
    async release(key, token) {
      if (TOKEN_PATTERN.test(token)) await timeout.withTimeout(release(toDigest(key), token));
    },
  };
}

/**
 * A digest, since a key may be of any length, and hold U+0000, which PostgreSQL's text cannot. It is of the UTF-16: in
 * UTF-8 all lone surrogates look the same, and of two events whose keys look the same the second is lost.
 */
function toDigest(key: string): Buffer {
  return createHash("sha256").update(key, "utf16le").digest();
}

/** As a `bigint` holds it. */
function toBigintMs(ms: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(ms));
}

/** Does `work` at one call in `SWEEP_EVERY`; any may be the first, since many a process lives for a few only. */
function runEveryNthCall(work: () => Promise<unknown>): () => void {
  let callsUntilRun = randomInt(CLEANUP_INTERVAL_CALLS);
  let isRunning = false;
  const finish = (): void => {
    isRunning = false;
  };
  return () => {
    if (callsUntilRun-- > 0) return;
    callsUntilRun = CLEANUP_INTERVAL_CALLS - 1;
    if (isRunning) return;
    isRunning = true;
    // Nobody waits for it, and what it leaves is for the next.
    work().then(finish, finish);
  };
}

function parseOptions(
  pool: Pool,
  options: PostgresDedupeOptions,
): { readonly schema: string; readonly timeoutMs: number } {
  // A single client has these methods too, but no count.
  const isPool =
    typeof pool?.connect === "function" &&
    typeof pool.on === "function" &&
    typeof pool.totalCount === "number";
  if (!isPool)
    throw new HeronError(
      "option_invalid",
      "postgresDedupe takes a Pool of pg first, such as new Pool({ connectionString }), and then its options.",
    );
  assertKnownKeys("postgresDedupe", options, OPTION_KEYS);
  const { schema = "heron", timeoutMs = 2000 } = options;
  if (typeof schema !== "string" || !/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new HeronError(
      "option_invalid",
      "schema must be of lower-case letters, digits and _, and no longer than 41 characters.",
    );
  return { schema, timeoutMs: assertInteger("timeoutMs", timeoutMs, 1, MAX_TIMEOUT_MS) };
}
