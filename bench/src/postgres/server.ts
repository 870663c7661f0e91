import { PostgresCluster } from "@heron-webhooks/conformance/postgres";
import { Client, escapeIdentifier } from "pg";
import { getTreeCpuSeconds } from "../cpu-time.ts";

/** The first settings that anyone would change. Commits are synced. */
const SETTINGS = ["shared_buffers=512MB", "max_wal_size=4GB"] as const;

/** A PostgreSQL server for a bench. */
export class PostgresServer {
  readonly #cluster: PostgresCluster;

  private constructor(cluster: PostgresCluster) {
    this.#cluster = cluster;
  }

  static async start(): Promise<PostgresServer> {
    return new PostgresServer(await PostgresCluster.start(SETTINGS));
  }

  /** Creates a database and returns its URL. */
  async database(name: string): Promise<string> {
    const client = await connectClient(this.#cluster.url);
    try {
      await client.query(`create database ${escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
    const url = new URL(this.#cluster.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** Drops a database, with its connections. */
  async drop(name: string): Promise<void> {
    const client = await connectClient(this.#cluster.url);
    try {
      await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
    } finally {
      await client.end();
    }
  }

  /** CPU time of all its processes so far; null where that is unknown. */
  cpuSeconds(): number | null {
    return getTreeCpuSeconds(this.#cluster.pid);
  }

  /** Stops it and deletes its data. */
  stop(): Promise<void> {
    return this.#cluster.end();
  }
}

/** A connection, which the caller ends. */
export async function connectClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // Stopping the server closes the connection.
  client.on("error", () => {});
  await client.connect();
  return client;
}
