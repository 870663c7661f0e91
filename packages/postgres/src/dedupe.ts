import { createHash, randomInt, randomUUID } from "node:crypto";
import { type DedupeStore, HeronError } from "@heron-webhooks/core";
import { checkNames, whole } from "@heron-webhooks/engine";
import { escapeIdentifier, type Pool } from "pg";
import { Database } from "./database.ts";
import { InTime } from "./in-time.ts";
import { dedupeStatements, prepareDedupe, type ReservedRow } from "./schema/dedupe.ts";

export interface PostgresDedupeOptions {
  /** The schema that has the table `dedupe`; it may be the sender's store's. Default `heron`. */
  readonly schema?: string | undefined;
  /**
   * How long an operation may take, its wait for a connection included, in milliseconds. Default 2000: a receiver waits no
   * longer.
   */
  readonly timeoutMs?: number | undefined;
}

const NAMES = { schema: true, timeoutMs: true } as const;
const LONGEST = 2 ** 31 - 1;
const RIGHTS =
  "To make its table, the role needs CREATE on the database, or on the schema if there is one; to use the table, USAGE on the schema, and SELECT, INSERT, UPDATE and DELETE on dedupe in it.";

const TOKEN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One reservation in so many sweeps up to so many rows: more than they bring in, and never much at a time. */
const SWEEP_EVERY = 64;
const SWEEP_MOST = 256;
/** What is over stays so long, in milliseconds: who outstays a lease that nobody else took can still complete it. */
const SWEEP_AFTER = 600_000;

/**
 * A dedupe store in PostgreSQL, 13 or newer, for receivers in any number of processes. The first operation makes its
 * table, unless it is there. The pool stays the application's, to end once its receivers are closed.
 * @throws HeronError `option_invalid`; from its operations `store_unavailable`, `store_busy`, `store_full`,
 * `store_version`, of which a receiver makes `dedupe_unavailable`
 */
export function postgresDedupe(pool: Pool, options: PostgresDedupeOptions = {}): DedupeStore {
  const { schema, timeoutMs } = checkedOf(pool, options);
  const quoted = escapeIdentifier(schema);
  const name = `The dedupe store in PostgreSQL (${schema})`;
  const database = new Database({
    pool,
    schema: quoted,
    name,
    timeoutMs,
    prepare: (client) => prepareDedupe(client, quoted),
    end: async () => {},
  });
  const statements = dedupeStatements(quoted);
  const inTime = new InTime(name, timeoutMs, RIGHTS);
  const sweep = nowAndThen(() => database.query(statements.sweep, [SWEEP_MOST, SWEEP_AFTER]));
  const release = (digest: Buffer, token: string): Promise<unknown> =>
    database.query(statements.release, [digest, token]);

  return {
    async reserve(key, leaseMs) {
      const digest = digestOf(key);
      const token = randomUUID();
      const asked = database.query<ReservedRow>(statements.reserve, [digest, token, rounded(leaseMs)]);
      const [row] = await inTime.answer(asked, () => release(digest, token));
      sweep();
      if (row?.mine === true) return { token };
      return typeof row?.busy === "number" ? { busy: row.busy } : "done";
    },
    async complete(key, token, ttlMs) {
      if (!TOKEN.test(token)) return;
      await inTime.answer(database.query(statements.complete, [digestOf(key), token, rounded(ttlMs)]));
    },
    async release(key, token) {
      if (TOKEN.test(token)) await inTime.answer(release(digestOf(key), token));
    },
  };
}

/**
 * A digest, since a key may be of any length, and hold U+0000, which PostgreSQL's text cannot. It is of the UTF-16: in
 * UTF-8 all lone surrogates look the same, and of two events whose keys look the same the second is lost.
 */
function digestOf(key: string): Buffer {
  return createHash("sha256").update(key, "utf16le").digest();
}

/** As a `bigint` holds it. */
function rounded(ms: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(ms));
}

/** Does `work` at one call in `SWEEP_EVERY`; any may be the first, since many a process lives for a few only. */
function nowAndThen(work: () => Promise<unknown>): () => void {
  let left = randomInt(SWEEP_EVERY);
  let isUnderWay = false;
  const done = (): void => {
    isUnderWay = false;
  };
  return () => {
    if (left-- > 0) return;
    left = SWEEP_EVERY - 1;
    if (isUnderWay) return;
    isUnderWay = true;
    // Nobody waits for it, and what it leaves is for the next.
    work().then(done, done);
  };
}

function checkedOf(
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
  checkNames("postgresDedupe", options, NAMES);
  const { schema = "heron", timeoutMs = 2000 } = options;
  if (typeof schema !== "string" || !/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new HeronError(
      "option_invalid",
      "schema must be of lower-case letters, digits and _, and no longer than 41 characters.",
    );
  return { schema, timeoutMs: whole("timeoutMs", timeoutMs, 1, LONGEST) };
}
