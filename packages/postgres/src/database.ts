import { HeronError } from "@heron-webhooks/core";
import type { Pool, PoolClient, QueryConfig } from "pg";
import { isLockTimeout, isTransient, toHeronError } from "./database-errors.ts";

/** Runs statements: a client of `pg`, or an object with the same method. */
export interface SqlClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

export interface DatabaseOptions {
  readonly pool: Pool;
  /** The quoted name of the schema. */
  readonly schema: string;
  /** The name of the store, for messages. */
  readonly name: string;
  /** How long a statement may take, including the wait for a connection, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** Runs before the first statement. */
  readonly migrate: (client: SqlClient) => Promise<void>;
  /** Ends the pool if the store created it. */
  readonly endPool: () => Promise<void>;
}

const MAX_RETRIES_ON_CONFLICT = 5;

function noop(): void {}

/** Pools that already have listeners: several stores may share one. */
const observedPools = new WeakSet<Pool>();

/** Runs statements with a timeout, retries conflicts, and turns failures into errors that say what to do. */
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
    // Without a listener, the loss of an idle connection would end the process.
    if (observedPools.has(options.pool)) return;
    observedPools.add(options.pool);
    options.pool.on("error", noop);
    // So would the loss of a new connection before its user has a listener.
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

  async transaction<T>(work: (client: SqlClient) => Promise<T>): Promise<T> {
    return this.run(async (client) => {
      await client.query("begin");
      try {
        const result = await work(client);
        await client.query("commit");
        return result;
      } catch (error) {
        // After a lock timeout the connection goes back into the pool.
        if (isLockTimeout(error)) await client.query("rollback");
        throw error;
      }
    });
  }

  /** Runs `work` with a connection, again after a conflict with another transaction. */
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

  /** Migrates once; after a failure the next call tries again. */
  ensureMigrated(): Promise<void> {
    // A migration has many statements, so the timeout applies to each and not to all together.
    this.#migration ??= this.#withClient((client) => this.#options.migrate(client), false).catch(
      (error: unknown) => {
        this.#migration = undefined;
        throw error;
      },
    );
    return this.#migration;
  }

  /** Waits for statements in flight, which the timeout bounds. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await this.#options.endPool();
  }

  async #withClient<T>(work: (client: SqlClient) => Promise<T>, isSharedDeadline = true): Promise<T> {
    const { statementTimeoutMs } = this.#options;
    const deadline = performance.now() + statementTimeoutMs;
    const client = await this.#connect(statementTimeoutMs);
    // A connection that failed during a statement or a transaction must not be reused.
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
              `No connection to ${this.name} within ${timeoutMs} ms: the server is unreachable, or all connections of the pool are in use.`,
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

/** `query_timeout` is missing from the types of `pg`. */
function toQueryConfig(text: string, values: unknown[] | undefined, timeoutMs: number): QueryConfig {
  const config: QueryConfig & { readonly query_timeout: number } = {
    text,
    query_timeout: timeoutMs,
    ...(values !== undefined && { values }),
  };
  return config;
}
