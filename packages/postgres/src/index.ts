/**
 * A sender's store in PostgreSQL, and a receiver's dedupe store.
 * @module
 */
export { type PostgresDedupeOptions, postgresDedupe } from "./dedupe.ts";
export { type PostgresStoreOptions, postgresStore } from "./postgres-store.ts";
