import { type Clock, HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";
import { assertKnownKeys, MAX_PENDING_DELIVERIES, assertInteger } from "@heron-webhooks/engine";
import { escapeIdentifier, Pool, type PoolConfig } from "pg";
import { Maintenance } from "./maintenance.ts";
import { Database } from "./database.ts";
import { createDeliveryStore } from "./deliveries.ts";
import { setPause } from "./pauses.ts";
import { Notifier } from "./notifier.ts";
import { createLabelStore } from "./labels.ts";
import { IdMap } from "./id-map.ts";
import { Publisher } from "./publisher.ts";
import { migrate } from "./schema/migrate.ts";
import { assertSchemaName, DEFAULT_SCHEMA } from "./schema-name.ts";
import { Mutex } from "./mutex.ts";
import { ServerClock } from "./server-clock.ts";
import { createUserStore } from "./users.ts";
import { createWebhookStore } from "./webhooks.ts";
import type { ProcessMember } from "./worker/worker.ts";
import { Membership } from "./worker/workers.ts";
import { createWriteKeyStore } from "./write-keys.ts";

export interface PostgresStoreOptions {
  /** Where the database is: `postgres://user:password@host/database`. Either this or `pool`. */
  readonly connectionString?: string | undefined;
  /** A pool of the application's, which goes on when the store is closed. It needs five connections or more. */
  readonly pool?: Pool | undefined;
  /** The schema that the store has for itself. Default `heron`. */
  readonly schema?: string | undefined;
  /** How many connections of its own the store may have, beside the one that listens. Default 5. */
  readonly maxConnections?: number | undefined;
  /** How long a statement may take, its wait for a connection included, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Whether processes tell each other of news with LISTEN and NOTIFY. Default true: a pooler that does not do it does no harm. */
  readonly listen?: boolean | undefined;
  /** How often one looks for news without having heard any, in milliseconds. Default 500. */
  readonly pollMs?: number | undefined;
  /** The most pending deliveries of an account. Default 1,000,000. */
  readonly maxPending?: number | undefined;
  /** For how long a process is believed to be there without having been heard of, in milliseconds. Default 30,000. */
  readonly leaseMs?: number | undefined;
  /** For tests. Default: the server's clock. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

const OPTION_KEYS = {
  connectionString: true,
  pool: true,
  schema: true,
  maxConnections: true,
  timeoutMs: true,
  listen: true,
  pollMs: true,
  maxPending: true,
  leaseMs: true,
  clock: true,
} as const;

const MAX_OPTION_MS = 2 ** 31 - 1;
/** For so long, in milliseconds, connections are waited for that are told to end. */
const POOL_END_TIMEOUT_MS = 1000;

/**
 * A store in PostgreSQL, 13 or newer, for as many processes as one likes.
 * @throws HeronError `option_invalid`; from its operations `store_unavailable`, `store_busy`, `store_full`,
 * `store_version`, `closed`
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  const { pool, schema, name, timeoutMs: statementTimeoutMs, listen, pollMs: pollIntervalMs, maxPending, leaseMs } = validateOptions(options);
  const quotedSchema = escapeIdentifier(schema);
  const clock = new ServerClock(options.clock);
  const now = (): number => clock.now();
  const database = new Database({
    pool,
    schema: quotedSchema,
    name,
    statementTimeoutMs,
    async migrate(client) {
      await migrate(client, quotedSchema);
      await clock.sync(client);
    },
    endPool: options.pool === undefined ? () => endPool(pool) : async () => {},
  });
  const ids = new IdMap(database);
  const mutex = new Mutex();
  const membership = new Membership({ database, ids, clock, mutex, leaseMs, pollIntervalMs });
  const channel = listen ? `heron ${schema}` : null;
  const notifier = new Notifier({ database, pool, channel, pollIntervalMs, onNotification: () => membership.current()?.onNotification() });
  const getMember = (): ProcessMember | null => membership.current();
  const notify = (): void => {
    getMember()?.onNotification();
    notifier.notify();
  };
  const publisher = new Publisher({ database, ids, clock, mutex, maxPending, member: getMember, notify });
  const maintenance = new Maintenance(database, ids, now, getMember);
  return {
    name,
    async publish(events, { tx, room: request } = {}) {
      if (tx !== undefined)
        return { published: await publisher.publishInTransaction(tx, events, channel), claims: [] };
      const published = await publisher.publish(events);
      return { published, claims: request === undefined ? [] : await membership.claim(request) };
    },
    claim: (request) => membership.claim(request),
    complete: (settlements) => membership.complete(settlements),
    renew: async (leases, leaseMs) => getMember()?.renew(leases, leaseMs) ?? leases,
    setPause: (change) => setPause({ database, ids, now, member: getMember }, change).then(notify),
    nextDueIn: () => membership.nextDueIn(),
    onNotify: (wake) => notifier.subscribe(wake),
    webhooks: createWebhookStore(database, ids, now, getMember),
    users: createUserStore(database, ids),
    labels: createLabelStore(database, ids),
    writeKeys: createWriteKeyStore(database, ids),
    deliveries: createDeliveryStore({ database, ids, now, maxPending, notify }),
    async expire(olderThanMs, max) {
      const expired = (await getMember()?.expire(olderThanMs, max)) ?? [];
      return expired.length > 0 ? { expired, isDone: false } : maintenance.expire(olderThanMs, max);
    },
    prune: (keep, max) => maintenance.prune(keep, max),
    migrate: () => database.run(async () => {}),
    async close() {
      notifier.close();
      await membership.close();
      await database.close();
    },
  };
}

interface ValidatedOptions {
  readonly pool: Pool;
  readonly schema: string;
  readonly name: string;
  readonly timeoutMs: number;
  readonly listen: boolean;
  readonly pollMs: number;
  readonly maxPending: number;
  readonly leaseMs: number;
}

function validateOptions(options: PostgresStoreOptions): ValidatedOptions {
  assertKnownKeys("postgresStore", options, OPTION_KEYS);
  const { listen = true, maxConnections = 5 } = options;
  const schema = assertSchemaName(options.schema ?? DEFAULT_SCHEMA);
  if (typeof listen !== "boolean") throw new HeronError("option_invalid", "listen must be true or false.");
  assertInteger("max", maxConnections, 2, 1000);
  const timeoutMs = assertInteger("timeoutMs", options.timeoutMs ?? 10_000, 1, MAX_OPTION_MS);
  return {
    pool: createPool(options, maxConnections, timeoutMs),
    schema,
    name: `PostgreSQL (${schema})`,
    timeoutMs,
    listen,
    pollMs: assertInteger("pollMs", options.pollMs ?? 500, 1, MAX_OPTION_MS),
    leaseMs: assertInteger("leaseMs", options.leaseMs ?? 30_000, 100, MAX_OPTION_MS),
    maxPending: assertInteger("maxPending", options.maxPending ?? MAX_PENDING_DELIVERIES, 1, Number.MAX_SAFE_INTEGER),
  };
}

/** Who closes does not wait for a server that hangs. */
async function endPool(pool: Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, POOL_END_TIMEOUT_MS);
  });
  await Promise.race([pool.end(), timeout]);
  clearTimeout(timer);
}

function createPool({ connectionString, pool }: PostgresStoreOptions, maxConnections: number, timeoutMs: number): Pool {
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
  const config: PoolConfig = {
    connectionString,
    max: maxConnections + 1,
    application_name: "heron-webhooks",
    // The one that listens has nothing to say itself: a way that is gone would never be found out.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // One that hangs would keep its place in the pool when the server is there again. Later than who waits for it gives up,
    // and says why.
    connectionTimeoutMillis: timeoutMs + 100,
  };
  return new Pool(config);
}
