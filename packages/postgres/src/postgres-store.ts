import { type Clock, HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";
import { assertInteger, assertKnownKeys, MAX_PENDING_DELIVERIES } from "@heron-webhooks/engine";
import { escapeIdentifier, Pool, type PoolConfig } from "pg";
import { Database } from "./database.ts";
import { createDeliveryStore } from "./deliveries.ts";
import { IdMap } from "./id-map.ts";
import { createLabelStore } from "./labels.ts";
import { Maintenance } from "./maintenance.ts";
import { Mutex } from "./mutex.ts";
import { Notifier } from "./notifier.ts";
import { setPause } from "./pauses.ts";
import { Publisher } from "./publisher.ts";
import { migrate } from "./schema/migrate.ts";
import { assertSchemaName, DEFAULT_SCHEMA } from "./schema-name.ts";
import { ServerClock } from "./server-clock.ts";
import { createUserStore } from "./users.ts";
import { createWebhookStore } from "./webhooks.ts";
import type { ProcessMember } from "./worker/worker.ts";
import { Membership } from "./worker/workers.ts";
import { createWriteKeyStore } from "./write-keys.ts";

export interface PostgresStoreOptions {
  /** `postgres://user:password@host/database`. Either this or `pool`. */
  readonly connectionString?: string | undefined;
  /** A pool of the application, which stays open when the store is closed. It needs five connections or more. */
  readonly pool?: Pool | undefined;
  /** The schema of the store's tables. Default `heron`. */
  readonly schema?: string | undefined;
  /** The size of the store's own pool, not counting the connection that listens. Default 5. */
  readonly maxConnections?: number | undefined;
  /** How long a statement may take, including the wait for a connection, in milliseconds. Default 10,000. */
  readonly statementTimeout?: number | undefined;
  /** Whether processes notify each other with LISTEN and NOTIFY. Default true; a pooler without support does no harm. */
  readonly listen?: boolean | undefined;
  /** How often a process polls without a notification, in milliseconds. Default 500. */
  readonly pollInterval?: number | undefined;
  /** The maximum number of pending deliveries of an account. Default 1,000,000. */
  readonly maxPending?: number | undefined;
  /** How long a process may go without a heartbeat before its webhooks are reassigned, in milliseconds. Default 30,000. */
  readonly leaseDuration?: number | undefined;
  /** For tests. Default: the server's clock. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

const OPTION_KEYS = {
  connectionString: true,
  pool: true,
  schema: true,
  maxConnections: true,
  statementTimeout: true,
  listen: true,
  pollInterval: true,
  maxPending: true,
  leaseDuration: true,
  clock: true,
} as const;

const MAX_OPTION_MS = 2 ** 31 - 1;
const POOL_END_TIMEOUT_MS = 1000;

/**
 * A store in PostgreSQL, 13 or newer, for any number of processes.
 * @throws HeronError `option_invalid`; from its operations `store_unavailable`, `store_busy`, `store_full`,
 * `store_version`, `closed`
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  const { pool, schema, name, statementTimeoutMs, listen, pollIntervalMs, maxPending, leaseMs } =
    validateOptions(options);
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
  const notifier = new Notifier({
    database,
    pool,
    channel,
    pollIntervalMs,
    onNotification: () => membership.current()?.onNotification(),
  });
  const getMember = (): ProcessMember | null => membership.current();
  const notify = (): void => {
    getMember()?.onNotification();
    notifier.notify();
  };
  const publisher = new Publisher({ database, ids, clock, mutex, maxPending, member: getMember, notify });
  const maintenance = new Maintenance(database, ids, now, getMember);
  return {
    name,
    async publish(events, { tx, capacity: request } = {}) {
      if (tx !== undefined)
        return { published: await publisher.publishInTransaction(tx, events, channel), claims: [] };
      const published = await publisher.publish(events);
      return { published, claims: request === undefined ? [] : await membership.claim(request) };
    },
    claim: (request) => membership.claim(request),
    complete: (results) => membership.complete(results),
    renew: async (leases, leaseMs) => getMember()?.renew(leases, leaseMs) ?? leases,
    setPause: (change) => setPause({ database, ids, now, member: getMember }, change).then(notify),
    nextDueIn: () => membership.nextDueIn(),
    onNotify: (listener) => notifier.subscribe(listener),
    webhooks: createWebhookStore(database, ids, now, getMember),
    users: createUserStore(database, ids),
    labels: createLabelStore(database, ids),
    writeKeys: createWriteKeyStore(database, ids),
    deliveries: createDeliveryStore({ database, ids, now, maxPending, notify }),
    async expire(olderThanMs, max) {
      const expired = (await getMember()?.expire(olderThanMs, max)) ?? [];
      return expired.length > 0 ? { expired, isDone: false } : maintenance.expire(olderThanMs, max);
    },
    prune: (limits, max) => maintenance.prune(limits, max),
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
  readonly statementTimeoutMs: number;
  readonly listen: boolean;
  readonly pollIntervalMs: number;
  readonly maxPending: number;
  readonly leaseMs: number;
}

function validateOptions(options: PostgresStoreOptions): ValidatedOptions {
  assertKnownKeys("postgresStore", options, OPTION_KEYS);
  const { listen = true, maxConnections = 5 } = options;
  const schema = assertSchemaName(options.schema ?? DEFAULT_SCHEMA);
  if (typeof listen !== "boolean") throw new HeronError("option_invalid", "listen must be true or false.");
  assertInteger("maxConnections", maxConnections, 2, 1000);
  const statementTimeoutMs = assertInteger(
    "statementTimeout",
    options.statementTimeout ?? 10_000,
    1,
    MAX_OPTION_MS,
  );
  return {
    pool: createPool(options, maxConnections, statementTimeoutMs),
    schema,
    name: `PostgreSQL (${schema})`,
    statementTimeoutMs,
    listen,
    pollIntervalMs: assertInteger("pollInterval", options.pollInterval ?? 500, 1, MAX_OPTION_MS),
    leaseMs: assertInteger("leaseDuration", options.leaseDuration ?? 30_000, 100, MAX_OPTION_MS),
    maxPending: assertInteger(
      "maxPending",
      options.maxPending ?? MAX_PENDING_DELIVERIES,
      1,
      Number.MAX_SAFE_INTEGER,
    ),
  };
}

/** Does not block `close` on an unresponsive server. */
async function endPool(pool: Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, POOL_END_TIMEOUT_MS);
  });
  await Promise.race([pool.end(), timeout]);
  clearTimeout(timer);
}

function createPool(
  { connectionString, pool }: PostgresStoreOptions,
  maxConnections: number,
  statementTimeoutMs: number,
): Pool {
  if (pool !== undefined && connectionString !== undefined)
    throw new HeronError("option_invalid", "postgresStore accepts connectionString or pool, not both.");
  if (pool !== undefined) {
    if (typeof pool?.connect === "function" && typeof pool.on === "function") return pool;
    throw new HeronError("option_invalid", "pool must be a Pool of pg.");
  }
  if (typeof connectionString !== "string" || connectionString === "")
    throw new HeronError(
      "option_invalid",
      "postgresStore needs a connectionString, such as postgres://user:password@host/database, or a pool. Is an environment variable not set?",
    );
  const config: PoolConfig = {
    connectionString,
    max: maxConnections + 1,
    application_name: "heron-webhooks",
    // The connection that listens sends nothing, so without keep-alive its loss would not be noticed.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Discards connections that hang. Must exceed the caller's own timeout, so that its error comes first.
    connectionTimeoutMillis: statementTimeoutMs + 100,
  };
  return new Pool(config);
}
