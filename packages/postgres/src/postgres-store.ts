import { HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/sender";
import { checkNames, MOST_PENDING, whole } from "@heron-webhooks/sender/store";
import { escapeIdentifier, Pool, type PoolConfig } from "pg";
import { Ageing } from "./ageing.ts";
import { Claiming } from "./claiming.ts";
import { Database } from "./database.ts";
import { postgresDeliveries } from "./deliveries.ts";
import { changeGate } from "./gates.ts";
import { Hints } from "./hints.ts";
import { Names } from "./names.ts";
import { Publishing } from "./publishing.ts";
import { migrate } from "./schema/migrate.ts";
import { Settling } from "./settling.ts";
import { postgresUsers } from "./users.ts";
import { postgresWebhooks } from "./webhooks.ts";

export interface PostgresStoreOptions {
  /** Where the database is: `postgres://user:password@host/database`. Either this or `pool`. */
  readonly connectionString?: string | undefined;
  /** A pool of the application's, which goes on when the store is closed. It needs five connections or more. */
  readonly pool?: Pool | undefined;
  /** The schema that the store has for itself. Default `heron`. */
  readonly schema?: string | undefined;
  /** How many connections of its own the store may have, beside the one that listens. Default 5. */
  readonly max?: number | undefined;
  /** How long a statement may take, its wait for a connection included, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Whether processes tell each other of news with LISTEN and NOTIFY. Default true: a pooler that does not do it does no harm. */
  readonly listen?: boolean | undefined;
  /** How often one looks for news without having heard any, in milliseconds. Default 500. */
  readonly pollMs?: number | undefined;
  /** The most pending deliveries of an account. Default 1,000,000. */
  readonly maxPending?: number | undefined;
}

const NAMES = {
  connectionString: true,
  pool: true,
  schema: true,
  max: true,
  timeoutMs: true,
  listen: true,
  pollMs: true,
  maxPending: true,
} as const;

const LONGEST = 2 ** 31 - 1;

/**
 * A store in PostgreSQL, 13 or newer, for as many processes as one likes.
 * @throws HeronError `option_invalid`; from its operations `store_unavailable`, `store_busy`, `store_full`,
 * `store_version`, `closed`
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  const { pool, schema, name, timeoutMs, listen, pollMs, maxPending } = checkedOf(options);
  const quoted = escapeIdentifier(schema);
  const database = new Database({
    pool,
    schema: quoted,
    name,
    timeoutMs,
    prepare: (client) => migrate(client, quoted),
    end: options.pool === undefined ? () => pool.end() : async () => {},
  });
  const names = new Names(database);
  const publishing = new Publishing(database, names, maxPending);
  const claiming = new Claiming(database, names);
  const settling = new Settling(database);
  const ageing = new Ageing(database, names);
  const hints = new Hints({ database, pool, channel: listen ? `heron ${schema}` : null, pollMs });
  return {
    name,
    async publish(events, { tx, room } = {}) {
      const published =
        tx === undefined ? await publishing.publish(events) : await publishing.publishWithin(tx, events);
      if (tx === undefined) hints.tell();
      return { published, claims: room === undefined || tx !== undefined ? [] : await claiming.claim(room) };
    },
    claim: (request) => claiming.claim(request),
    settle: (settlements) => settling.settle(settlements),
    renew: (leases, leaseMs) => settling.renew(leases, leaseMs),
    gate: (change) => changeGate(database, names, change),
    nextDueIn: () => claiming.nextDueIn(),
    onHint: (wake) => hints.listen(wake),
    webhooks: postgresWebhooks(database, names),
    users: postgresUsers(database, names),
    deliveries: postgresDeliveries(database, names, maxPending),
    expire: (olderThanMs, max) => ageing.expire(olderThanMs, max),
    prune: (keep, max) => ageing.prune(keep, max),
    migrate: () => database.run(async () => {}),
    async close() {
      hints.close();
      await database.close();
    },
  };
}

interface Checked {
  readonly pool: Pool;
  readonly schema: string;
  readonly name: string;
  readonly timeoutMs: number;
  readonly listen: boolean;
  readonly pollMs: number;
  readonly maxPending: number;
}

function checkedOf(options: PostgresStoreOptions): Checked {
  checkNames("postgresStore", options, NAMES);
  const { schema = "heron", listen = true, max = 5 } = options;
  if (typeof schema !== "string" || !/^[a-z_][a-z0-9_]{0,40}$/.test(schema))
    throw new HeronError(
      "option_invalid",
      "schema must be of lower-case letters, digits and _, and no longer than 41 characters.",
    );
  if (typeof listen !== "boolean") throw new HeronError("option_invalid", "listen must be true or false.");
  whole("max", max, 2, 1000);
  return {
    pool: poolOf(options, max),
    schema,
    name: `PostgreSQL (${schema})`,
    timeoutMs: whole("timeoutMs", options.timeoutMs ?? 10_000, 1, LONGEST),
    listen,
    pollMs: whole("pollMs", options.pollMs ?? 500, 1, LONGEST),
    maxPending: whole("maxPending", options.maxPending ?? MOST_PENDING, 1, Number.MAX_SAFE_INTEGER),
  };
}

function poolOf({ connectionString, pool }: PostgresStoreOptions, max: number): Pool {
  if (pool !== undefined && connectionString !== undefined)
    throw new HeronError("option_invalid", "postgresStore takes connectionString or pool, not both.");
  if (pool !== undefined) {
    if (typeof pool?.connect === "function" && typeof pool.on === "function") return pool;
    throw new HeronError("option_invalid", "pool must be a Pool of pg.");
  }
  if (typeof connectionString !== "string" || connectionString === "")
    throw new HeronError(
      "option_invalid",
      "postgresStore takes a connectionString, such as postgres://user:password@host/database, or a pool, and was given neither: an unset environment variable often arrives so.",
    );
  const config: PoolConfig = { connectionString, max: max + 1, application_name: "heron-webhooks" };
  return new Pool(config);
}
