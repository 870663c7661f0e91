import type { Pool, PoolClient } from "pg";
import type { Database } from "./database.ts";

export interface HintsOptions {
  readonly database: Database;
  readonly pool: Pool;
  /** The name of the channel; null if nobody is to listen. */
  readonly channel: string | null;
  /** How often one looks without having heard anything, in milliseconds. */
  readonly pollMs: number;
  /** There may be news. */
  readonly heard: () => void;
}

/** So often, in milliseconds, others are told that there is something new: more would stand in the way of commits. */
const PAUSE = 25;
const FIRST_RETRY = 1000;
const LONGEST_RETRY = 30_000;

/** Tells other processes of what was published here, and hears from them: both may get lost, and shorten a sleep only. */
export class Hints {
  readonly #options: HintsOptions;
  readonly #listeners = new Set<() => void>();
  #poll: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #client: PoolClient | undefined;
  #pause = FIRST_RETRY;
  #telling: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: HintsOptions) {
    this.#options = options;
  }

  listen(wake: () => void): () => void {
    if (this.#listeners.size === 0) this.#start();
    this.#listeners.add(wake);
    return () => {
      this.#listeners.delete(wake);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  /** Something was published. */
  tell(): void {
    const { channel, database } = this.#options;
    if (channel === null || this.#telling !== undefined || this.#closed) return;
    const wait = Math.max(0, this.#toldAt + PAUSE - performance.now());
    this.#telling = setTimeout(() => {
      this.#telling = undefined;
      this.#toldAt = performance.now();
      if (!this.#closed) database.query("select pg_notify($1, '')", [channel]).catch(() => {});
    }, wait);
    this.#telling.unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#telling);
    this.#listeners.clear();
    this.#stop();
  }

  #start(): void {
    this.#poll = setInterval(() => this.#wake(), this.#options.pollMs);
    this.#poll.unref();
    void this.#connect();
  }

  #stop(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#retry);
    this.#client?.release(true);
    this.#client = undefined;
  }

  #wake(): void {
    this.#options.heard();
    for (const wake of this.#listeners) wake();
  }

  /** Holds a connection of its own, for as long as somebody listens. */
  async #connect(): Promise<void> {
    const { channel, pool } = this.#options;
    if (channel === null) return;
    try {
      const client = await pool.connect();
      if (this.#listeners.size === 0) {
        client.release();
        return;
      }
      client.on("notification", () => this.#wake());
      client.on("error", () => this.#lost(client));
      client.on("end", () => this.#lost(client));
      this.#client = client;
      await client.query(`listen "${channel}"`);
      this.#pause = FIRST_RETRY;
      // What happened before one listened.
      this.#wake();
    } catch {
      this.#client?.release(true);
      this.#client = undefined;
      this.#connectLater();
    }
  }

  #lost(client: PoolClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.release(true);
    this.#connectLater();
  }

  #connectLater(): void {
    if (this.#listeners.size === 0) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), this.#pause);
    this.#retry.unref();
    this.#pause = Math.min(LONGEST_RETRY, this.#pause * 2);
  }
}
