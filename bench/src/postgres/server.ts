import { PostgresCluster } from "@heron-webhooks/conformance/postgres";
import { Client, escapeIdentifier } from "pg";
import { getTreeCpuSeconds } from "../cpu-time.ts";

/** What is not as PostgreSQL has it by default: what anybody sets first. What is committed is synced. */
const SETTINGS = ["shared_buffers=512MB", "max_wal_size=4GB"] as const;

/** A PostgreSQL of the bench's own. */
export class PostgresServer {
  readonly #cluster: PostgresCluster;

  private constructor(cluster: PostgresCluster) {
    this.#cluster = cluster;
  }

  static async start(): Promise<PostgresServer> {
    return new PostgresServer(await PostgresCluster.start(SETTINGS));
  }

  /** Makes a database, and gives its URL. */
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

  /** Removes a database, whoever may be connected to it. */
  async drop(name: string): Promise<void> {
    const client = await connectClient(this.#cluster.url);
    try {
      await client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
    } finally {
      await client.end();
    }
  }

  /** Seconds of processor time that all of it has used so far; null where that cannot be said. */
  cpuSeconds(): number | null {
    return getTreeCpuSeconds(this.#cluster.pid);
  }

  /** Stops it, and removes all that it kept. */
  stop(): Promise<void> {
    return this.#cluster.end();
  }
}

/** A connection, which its caller ends. */
export async function connectClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // It may be cut when the server is stopped.
  client.on("error", () => {});
  await client.connect();
  return client;
}
