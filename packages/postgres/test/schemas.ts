import type { Store } from "@heron-webhooks/sender";
import { escapeIdentifier, Pool } from "pg";
import { inject } from "vitest";
import { type PostgresStoreOptions, postgresStore } from "../src/index.ts";

let made = 0;

/** A schema of a test's own. */
export class Schema {
  readonly name: string = `test_${process.pid}_${Date.now().toString(36)}_${++made}`;
  readonly pool: Pool = new Pool({ connectionString: inject("postgres"), max: 6 });

  store(options: Omit<PostgresStoreOptions, "pool" | "connectionString" | "schema"> = {}): Store {
    return postgresStore({ pool: this.pool, schema: this.name, listen: false, ...options });
  }

  async end(): Promise<void> {
    await this.pool.query(`drop schema if exists ${escapeIdentifier(this.name)} cascade`);
    await this.pool.end();
  }
}
