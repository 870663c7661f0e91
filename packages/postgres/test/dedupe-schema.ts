import type { DedupeStore } from "@heron-webhooks/core/receiver";
import { escapeIdentifier, Pool } from "pg";
import { type PostgresDedupeOptions, postgresDedupe } from "../src/index.ts";
import { TestSchema } from "./test-schema.ts";

/** A schema for one test with a dedupe store and a clock. */
export class TestDedupeSchema {
  readonly #schema: TestSchema = new TestSchema();
  readonly #cleanups: (() => unknown)[] = [];
  #now = 1_700_000_000_000;

  get name(): string {
    return this.#schema.name;
  }

  get pool(): Pool {
    return this.#schema.pool;
  }

  /** The table, for statements. */
  get table(): string {
    return `${escapeIdentifier(this.name)}.dedupe`;
  }

  store(options: Omit<PostgresDedupeOptions, "schema"> = {}, pool: Pool = this.pool): DedupeStore {
    return postgresDedupe(pool, { schema: this.name, ...options });
  }

  /** Creates the table, as the first event does, and empties it. */
  async clear(store: DedupeStore = this.store()): Promise<void> {
    await store.reserve("first", 1);
    await this.pool.query(`truncate ${this.table}`);
  }

  async countRows(): Promise<number> {
    const { rows } = await this.pool.query(`select count(*)::int as rows from ${this.table}`);
    return rows[0].rows;
  }

  /** Freezes the clock, which `advance` moves. */
  async freezeTime(): Promise<void> {
    await this.advance(0);
  }

  async advance(ms: number): Promise<void> {
    this.#now += ms;
    await this.pool.query(
      `create or replace function ${escapeIdentifier(this.name)}.dedupe_now() returns bigint language sql volatile as 'select ${this.#now}::bigint'`,
    );
  }

  /** A pool that is ended after the test. */
  createPool(connectionString: string, options?: string): Pool {
    const pool = new Pool({ connectionString, max: 6, ...(options !== undefined && { options }) });
    this.onEnd(() => pool.end());
    return pool;
  }

  /** Adds a cleanup, which run in reverse order. */
  onEnd(work: () => unknown): void {
    this.#cleanups.push(work);
  }

  async end(): Promise<void> {
    for (const work of this.#cleanups.splice(0).reverse()) await work();
    await this.#schema.end();
  }
}
