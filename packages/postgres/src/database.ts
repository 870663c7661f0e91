import { HeronError } from "@heron-webhooks/core";
import type { Pool, PoolClient, QueryConfig } from "pg";
import { failure, isHeldUp, isTransient } from "./failure.ts";

/** Something that runs a statement: a client of `pg`, or what behaves as one. */
export interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

export interface DatabaseOptions {
  readonly pool: Pool;
  /** The schema, quoted. */
  readonly schema: string;
  /** What it is, for messages. */
  readonly name: string;
  /** How long a statement may take, in milliseconds, its wait for a connection included. */
  readonly timeoutMs: number;
  /** Brings the schema up to date, before the first statement. */
  readonly prepare: (client: Queryable) => Promise<void>;
  /** Ends the pool, if it is the store's own. */
  readonly end: () => Promise<void>;
}

const MOST_TRIES = 5;

function ignore(): void {}

/** Pools that are listened to: several stores may share one. */
const watched = new WeakSet<Pool>();

/** The database behind a store: statements that end in time, and failures that say what to do. */
export class Database {
  readonly schema: string;
  readonly name: string;
  readonly timeoutMs: number;
  readonly #options: DatabaseOptions;
  #prepared: Promise<void> | undefined;
  #underWay = 0;
  #closed = false;
  #idle: () => void = () => {};

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.schema = options.schema;
    this.name = options.name;
    this.timeoutMs = options.timeoutMs;
    // A connection that is cut while nobody uses it would end the process.
    if (watched.has(options.pool)) return;
    watched.add(options.pool);
    options.pool.on("error", ignore);
    // So would one that is cut in the very moment it is there, before who asked for it can listen.
    options.pool.on("connect", (client) => {
      const early = (): void => {};
      client.on("error", early);
      setImmediate(() => client.off("error", early));
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
  async transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T> {
    return this.run(async (client) => {
      await client.query("begin");
      try {
        const result = await work(client);
        await client.query("commit");
        return result;
      } catch (error) {
        // The connection is used again after this one.
        if (isHeldUp(error)) await client.query("rollback");
        throw error;
      }
    });
  }

  /** Has `work` done with a connection; what failed for others in its way is done again. */
  async run<T>(work: (client: Queryable) => Promise<T>): Promise<T> {
    if (this.#closed) throw new HeronError("closed", `${this.name} was closed.`);
    this.#underWay++;
    try {
      await this.prepare();
      for (let tries = 1; ; tries++)
        try {
          return await this.#withClient(work);
        } catch (error) {
          if (!isTransient(error) || tries === MOST_TRIES) throw error;
        }
    } catch (error) {
      throw failure(error, this.name);
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#idle();
    }
  }

  /** Once; if it fails, the next who needs it tries again. */
  prepare(): Promise<void> {
    // Making the tables is many statements: each may take as long as any other.
    this.#prepared ??= this.#withClient((client) => this.#options.prepare(client), false).catch(
      (error: unknown) => {
        this.#prepared = undefined;
        throw error;
      },
    );
    return this.#prepared;
  }

  /** Waits for what is under way, which ends in time. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#options.end();
  }

  async #withClient<T>(work: (client: Queryable) => Promise<T>, isTogether = true): Promise<T> {
    const { timeoutMs } = this.#options;
    const until = performance.now() + timeoutMs;
    const client = await this.#connect(timeoutMs);
    // One that failed in the middle of something is not to be used again.
    let isBroken = true;
    client.on("error", ignore);
    try {
      const result = await work({
        query: (text, values) =>
          client.query(
            withTimeout(
              text,
              values,
              isTogether ? Math.max(1, Math.ceil(until - performance.now())) : timeoutMs,
            ),
          ),
      });
      isBroken = false;
      return result;
    } catch (error) {
      isBroken = !isHeldUp(error);
      throw error;
    } finally {
      client.off("error", ignore);
      client.release(isBroken);
    }
  }

  async #connect(timeoutMs: number): Promise<PoolClient> {
    let timer: NodeJS.Timeout | undefined;
    const connecting = this.#options.pool.connect();
    const late = new Promise<never>((_, reject) => {
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
      return await Promise.race([connecting, late]);
    } catch (error) {
      connecting.then(
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
function withTimeout(text: string, values: unknown[] | undefined, ms: number): QueryConfig {
  const config: QueryConfig & { readonly query_timeout: number } = {
    text,
    query_timeout: ms,
    ...(values !== undefined && { values }),
  };
  return config;
}
