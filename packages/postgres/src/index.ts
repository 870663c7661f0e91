/**
 * A sender's store in PostgreSQL.
 * @module
 */
export { type PostgresStoreOptions, postgresStore } from "./postgres-store.ts";
