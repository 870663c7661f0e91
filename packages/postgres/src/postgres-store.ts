import { type Clock, HeronError } from "@heron-webhooks/core";
import type { Store } from "@heron-webhooks/engine";
import { checkNames, MOST_PENDING, whole } from "@heron-webhooks/engine";
import { escapeIdentifier, Pool, type PoolConfig } from "pg";
import { Ageing } from "./ageing.ts";
import { Database } from "./database.ts";
import { postgresDeliveries } from "./deliveries.ts";
import { changeGate } from "./gates.ts";
import { Hints } from "./hints.ts";
import { postgresLabels } from "./labels.ts";
import { Names } from "./names.ts";
import { Publishing } from "./publishing.ts";
import { migrate } from "./schema/migrate.ts";
import { checkedSchema, DEFAULT_SCHEMA } from "./schema-name.ts";
import { Serial } from "./serial.ts";
import { ServerClock } from "./server-clock.ts";
import { postgresUsers } from "./users.ts";
import { postgresWebhooks } from "./webhooks.ts";
import type { Worker } from "./worker/worker.ts";
import { Workers } from "./worker/workers.ts";
import { postgresWriteKeys } from "./write-keys.ts";

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
  /** For how long a process is believed to be there without having been heard of, in milliseconds. Default 30,000. */
  readonly leaseMs?: number | undefined;
  /** For tests. Default: the server's clock. */
  readonly clock?: Pick<Clock, "now"> | undefined;
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
  leaseMs: true,
  clock: true,
} as const;

const LONGEST = 2 ** 31 - 1;
/** For so long, in milliseconds, connections are waited for that are told to end. */
const LONGEST_END = 1000;

/**
 * A store in PostgreSQL, 13 or newer, for as many processes as one likes.
 * @throws HeronError `option_invalid`; from its operations `store_unavailable`, `store_busy`, `store_full`,
 * `store_version`, `closed`
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  const { pool, schema, name, timeoutMs, listen, pollMs, maxPending, leaseMs } = checkedOf(options);
  const quoted = escapeIdentifier(schema);
  const clock = new ServerClock(options.clock);
  const now = (): number => clock.now();
  const database = new Database({
    pool,
    schema: quoted,
    name,
    timeoutMs,
    async prepare(client) {
      await migrate(client, quoted);
      await clock.ask(client);
    },
    end: options.pool === undefined ? () => endOf(pool) : async () => {},
  });
  const names = new Names(database);
  const serial = new Serial();
  const workers = new Workers({ database, names, clock, serial, leaseMs, pollMs });
  const channel = listen ? `heron ${schema}` : null;
  const hints = new Hints({ database, pool, channel, pollMs, heard: () => workers.current()?.hear() });
  const worker = (): Worker | null => workers.current();
  const tell = (): void => {
    worker()?.hear();
    hints.tell();
  };
  const publishing = new Publishing({ database, names, clock, serial, maxPending, worker, tell });
  const ageing = new Ageing(database, names, now, worker);
  return {
    name,
    async publish(events, { tx, room } = {}) {
      if (tx !== undefined)
        return { published: await publishing.publishWithin(tx, events, channel), claims: [] };
      const published = await publishing.publish(events);
      return { published, claims: room === undefined ? [] : await workers.claim(room) };
    },
    claim: (request) => workers.claim(request),
    settle: (settlements) => workers.settle(settlements),
    renew: async (leases, leaseMs) => worker()?.renew(leases, leaseMs) ?? leases,
    gate: (change) => changeGate({ database, names, now, worker }, change).then(tell),
    nextDueIn: () => workers.nextDueIn(),
    onHint: (wake) => hints.listen(wake),
    webhooks: postgresWebhooks(database, names, now, worker),
    users: postgresUsers(database, names),
    labels: postgresLabels(database, names),
    writeKeys: postgresWriteKeys(database, names),
    deliveries: postgresDeliveries({ database, names, now, maxPending, woken: tell }),
    async expire(olderThanMs, max) {
      const expired = (await worker()?.expire(olderThanMs, max)) ?? [];
      return expired.length > 0 ? { expired, isDone: false } : ageing.expire(olderThanMs, max);
    },
    prune: (keep, max) => ageing.prune(keep, max),
    migrate: () => database.run(async () => {}),
    async close() {
      hints.close();
      await workers.close();
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
  readonly leaseMs: number;
}

function checkedOf(options: PostgresStoreOptions): Checked {
  checkNames("postgresStore", options, NAMES);
  const { listen = true, max = 5 } = options;
  const schema = checkedSchema(options.schema ?? DEFAULT_SCHEMA);
  if (typeof listen !== "boolean") throw new HeronError("option_invalid", "listen must be true or false.");
  whole("max", max, 2, 1000);
  const timeoutMs = whole("timeoutMs", options.timeoutMs ?? 10_000, 1, LONGEST);
  return {
    pool: poolOf(options, max, timeoutMs),
    schema,
    name: `PostgreSQL (${schema})`,
    timeoutMs,
    listen,
    pollMs: whole("pollMs", options.pollMs ?? 500, 1, LONGEST),
    leaseMs: whole("leaseMs", options.leaseMs ?? 30_000, 100, LONGEST),
    maxPending: whole("maxPending", options.maxPending ?? MOST_PENDING, 1, Number.MAX_SAFE_INTEGER),
  };
}

/** Who closes does not wait for a server that hangs. */
async function endOf(pool: Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_END);
  });
  await Promise.race([pool.end(), late]);
  clearTimeout(timer);
}

function poolOf({ connectionString, pool }: PostgresStoreOptions, max: number, timeoutMs: number): Pool {
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
    max: max + 1,
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
