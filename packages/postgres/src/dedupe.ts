import { createHash, randomInt, randomUUID } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";
import type { DedupeStore } from "@heron-webhooks/core/receiver";
import { assertInteger, assertKnownKeys } from "@heron-webhooks/engine";
import { escapeIdentifier, type Pool } from "pg";
import { Database } from "./database.ts";
import { OperationTimeout } from "./operation-timeout.ts";
import { dedupeStatements, ensureDedupeSchema, type ReservationRow } from "./schema/dedupe.ts";
import { assertSchemaName, DEFAULT_SCHEMA } from "./schema-name.ts";

export interface PostgresDedupeOptions {
  /** The schema of the table `dedupe`; may be the schema of the sender's store. Default `heron`. */
  readonly schema?: string | undefined;
  /**
   * How long an operation may take, including the wait for a connection, in milliseconds. Default 2000: a receiver waits no
   * longer.
   */
  readonly timeout?: number | undefined;
}

const OPTION_KEYS = { schema: true, timeout: true } as const;
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const REQUIRED_PRIVILEGES =
  "To create its table, the role needs CREATE on the database, or on the schema if it exists. To use the table, it needs USAGE on the schema, and SELECT, INSERT, UPDATE and DELETE on its table dedupe.";

const TOKEN_PATTERN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One reservation in so many deletes up to so many expired rows: more than were added since, in small steps. */
const CLEANUP_INTERVAL_CALLS = 64;
const CLEANUP_BATCH_SIZE = 256;
/** Expired rows stay so long: a handler that outlives its lease can still complete it if no other call reserved the key. */
const CLEANUP_DELAY_MS = 600_000;

/**
 * A dedupe store in PostgreSQL, 13 or newer, for receivers in any number of processes. The first operation creates its
 * table if it is missing. The application ends the pool, after its receivers are closed.
 * @throws HeronError `option_invalid`; from its operations `store_unavailable`, `store_busy`, `store_full`,
 * `store_version`, which a receiver reports as `dedupe_unavailable`
 */
export function postgresDedupe(pool: Pool, options: PostgresDedupeOptions = {}): DedupeStore {
  const { schema, timeout: statementTimeoutMs } = parseOptions(pool, options);
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
  const cleanUp = runEveryNthCall(() =>
    database.query(statements.cleanUp, [CLEANUP_BATCH_SIZE, CLEANUP_DELAY_MS]),
  );
  const release = (digest: Buffer, token: string): Promise<unknown> =>
    database.query(statements.release, [digest, token]);

  return {
    async reserve(key, leaseMs) {
      const digest = toDigest(key);
      const token = randomUUID();
      const reservation = database.query<ReservationRow>(statements.reserve, [
        digest,
        token,
        toBigintMs(leaseMs),
      ]);
      const [row] = await timeout.withTimeout(reservation, () => release(digest, token));
      cleanUp();
      if (row?.isReserved === true) return { token };
      return typeof row?.busyMs === "number" ? { busy: row.busyMs } : "done";
    },
    async complete(key, token, ttlMs) {
      if (!TOKEN_PATTERN.test(token)) return;
      await timeout.withTimeout(
        database.query(statements.complete, [toDigest(key), token, toBigintMs(ttlMs)]),
      );
    },
    async release(key, token) {
      if (TOKEN_PATTERN.test(token)) await timeout.withTimeout(release(toDigest(key), token));
    },
  };
}

/**
 * A digest, since a key may be long and may contain U+0000, which PostgreSQL's text cannot. Of the UTF-16 and not the UTF-8:
 * UTF-8 encodes all lone surrogates the same, so two keys could collide and the second event would be dropped.
 */
function toDigest(key: string): Buffer {
  return createHash("sha256").update(key, "utf16le").digest();
}

function toBigintMs(ms: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(ms));
}

/** Runs `work` at every n-th call, from a random one on: short-lived processes make only a few calls. */
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
    // Failures are ignored: the next run deletes the same rows.
    work().then(finish, finish);
  };
}

function parseOptions(
  pool: Pool,
  options: PostgresDedupeOptions,
): { readonly schema: string; readonly timeout: number } {
  // A single client has these methods too, but not the count.
  const isPool =
    typeof pool?.connect === "function" &&
    typeof pool.on === "function" &&
    typeof pool.totalCount === "number";
  if (!isPool)
    throw new HeronError(
      "option_invalid",
      "postgresDedupe needs a Pool of pg as its first argument, such as new Pool({ connectionString }).",
    );
  assertKnownKeys("postgresDedupe", options, OPTION_KEYS);
  const { schema = DEFAULT_SCHEMA, timeout = 2000 } = options;
  return { schema: assertSchemaName(schema), timeout: assertInteger("timeout", timeout, 1, MAX_TIMEOUT_MS) };
}
