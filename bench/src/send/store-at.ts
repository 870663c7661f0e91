import { type Store, sqliteStore } from "@heron-webhooks/sender";

/** The store over a database of PostgreSQL, if its URL is given, or else over a file. */
export async function openStoreAt(path: string): Promise<Store> {
  if (!path.startsWith("postgres://")) return sqliteStore(path);
  const { postgresStore } = await import("@heron-webhooks/postgres");
  return postgresStore({ connectionString: path });
}
