import { escapeIdentifier, Pool } from "pg";
import { inject } from "vitest";
import { type PostgresStoreOptions, postgresStore } from "../src/index.ts";
import type { Store } from "@heron-webhooks/sender";

let made = 0;

/** A schema of a test's own, and the time that is kept in it once it is taken in hand. */
export class Schema {
  readonly name: string = `test_${process.pid}_${Date.now().toString(36)}_${++made}`;
  readonly pool: Pool = new Pool({ connectionString: inject("postgres"), max: 6 });
  #now = 1_700_000_000_000;
  #isHeld = false;

  store(options: Omit<PostgresStoreOptions, "pool" | "connectionString" | "schema"> = {}): Store {
    return postgresStore({ pool: this.pool, schema: this.name, listen: false, ...options });
  }

  now(): number {
    return this.#now;
  }

  /** The store's time stands still from now on, and goes as far as it is told. */
  async holdTime(): Promise<void> {
    this.#isHeld = true;
    await this.#set();
  }

  async advance(ms: number): Promise<void> {
    this.#now += ms;
    if (this.#isHeld) await this.#set();
  }

  async end(): Promise<void> {
    await this.pool.query(`drop schema if exists ${escapeIdentifier(this.name)} cascade`);
    await this.pool.end();
  }

  async #set(): Promise<void> {
    await this.pool.query(
      `create or replace function ${escapeIdentifier(this.name)}.clock() returns bigint language sql volatile as 'select ${this.#now}::bigint'`,
    );
  }
}
