import { HeronError } from "@heron-webhooks/core";
import type { Pool, PoolClient, QueryConfig } from "pg";
import { toHeronError, isLockTimeout, isTransient } from "./database-errors.ts";

/** Something that runs a statement: a client of `pg`, or what behaves as one. */
export interface SqlClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

export interface DatabaseOptions {
  readonly pool: Pool;
  /** The schema, quoted. */
  readonly schema: string;
  /** What it is, for messages. */
  readonly name: string;
  /** How long a statement may take, in milliseconds, its wait for a connection included. */
  readonly statementTimeoutMs: number;
  /** Brings the schema up to date, before the first statement. */
  readonly migrate: (client: SqlClient) => Promise<void>;
  /** Ends the pool, if it is the store's own. */
  readonly endPool: () => Promise<void>;
}

const MAX_RETRIES_ON_CONFLICT = 5;

function noop(): void {}

/** Pools that are listened to: several stores may share one. */
const observedPools = new WeakSet<Pool>();

/** The database behind a store: statements that end in time, and failures that say what to do. */
export class Database {
  readonly schema: string;
  readonly name: string;
  readonly statementTimeoutMs: number;
  readonly #options: DatabaseOptions;
  #migration: Promise<void> | undefined;
  #inFlight = 0;
  #isClosed = false;
  #onIdle: () => void = () => {};

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.schema = options.schema;
    this.name = options.name;
    this.statementTimeoutMs = options.statementTimeoutMs;
    // A connection that is cut while nobody uses it would end the process.
    if (observedPools.has(options.pool)) return;
    observedPools.add(options.pool);
    options.pool.on("error", noop);
    // So would one that is cut in the very moment it is there, before who asked for it can listen.
    options.pool.on("connect", (client) => {
      const ignoreEarlyError = (): void => {};
      client.on("error", ignoreEarlyError);
      setImmediate(() => client.off("error", ignoreEarlyError));
    });
  }

  /** Runs a statement. */
  async query<Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.run(async (client) => {
      const { rows } = await client.query(text, values as unknown[]);
      return rows as readonly Row[];
    });
  }

  /** Runs `work` in one transaction. */
  async transaction<T>(work: (client: SqlClient) => Promise<T>): Promise<T> {
    return this.run(async (client) => {
      await client.query("begin");
      try {
        const result = await work(client);
        await client.query("commit");
        return result;
      } catch (error) {
        // The connection is used again after this one.
        if (isLockTimeout(error)) await client.query("rollback");
        throw error;
      }
    });
  }

  /** Has `work` done with a connection; what failed for others in its way is done again. */
  async run<T>(work: (client: SqlClient) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new HeronError("closed", `${this.name} was closed.`);
    this.#inFlight++;
    try {
      await this.ensureMigrated();
      for (let attemptNumber = 1; ; attemptNumber++)
        try {
          return await this.#withClient(work);
        } catch (error) {
          if (!isTransient(error) || attemptNumber === MAX_RETRIES_ON_CONFLICT) throw error;
        }
    } catch (error) {
      throw toHeronError(error, this.name);
    } finally {
      this.#inFlight--;
      if (this.#inFlight === 0) this.#onIdle();
    }
  }

  /** Once; if it fails, the next who needs it tries again. */
  ensureMigrated(): Promise<void> {
    // Making the tables is many statements: each may take as long as any other.
    this.#migration ??= this.#withClient((client) => this.#options.migrate(client), false).catch(
      (error: unknown) => {
        this.#migration = undefined;
        throw error;
      },
    );
    return this.#migration;
  }

  /** Waits for what is under way, which ends in time. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await this.#options.endPool();
  }

  async #withClient<T>(work: (client: SqlClient) => Promise<T>, isSharedDeadline = true): Promise<T> {
    const { statementTimeoutMs } = this.#options;
    const deadline = performance.now() + statementTimeoutMs;
    const client = await this.#connect(statementTimeoutMs);
    // One that failed in the middle of something is not to be used again.
    let isBroken = true;
    client.on("error", noop);
    try {
      const result = await work({
        query: (text, values) =>
          client.query(
            toQueryConfig(
              text,
              values,
              isSharedDeadline ? Math.max(1, Math.ceil(deadline - performance.now())) : statementTimeoutMs,
            ),
          ),
      });
      isBroken = false;
      return result;
    } catch (error) {
      isBroken = !isLockTimeout(error);
      throw error;
    } finally {
      client.off("error", noop);
      client.release(isBroken);
    }
  }

  async #connect(timeoutMs: number): Promise<PoolClient> {
    let timer: NodeJS.Timeout | undefined;
    const connection = this.#options.pool.connect();
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new HeronError(
              "store_unavailable",
              `${this.name} gave no connection within ${timeoutMs} ms: it cannot be reached, or all of the pool's are in use.`,
            ),
          ),
        timeoutMs,
      );
    });
    try {
      return await Promise.race([connection, timeout]);
    } catch (error) {
      connection.then(
        (client) => client.release(),
        () => {},
      );
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** `pg` knows this property of a statement, and its types do not. */
function toQueryConfig(text: string, values: unknown[] | undefined, timeoutMs: number): QueryConfig {
  const config: QueryConfig & { readonly query_timeout: number } = {
    text,
    query_timeout: timeoutMs,
    ...(values !== undefined && { values }),
  };
  return config;
}
