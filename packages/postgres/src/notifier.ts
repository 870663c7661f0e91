import type { Pool, PoolClient } from "pg";
import type { Database } from "./database.ts";

export interface NotifierOptions {
  readonly database: Database;
  readonly pool: Pool;
  /** The name of the channel; null if nobody is to listen. */
  readonly channel: string | null;
  /** How often one looks without having heard anything, in milliseconds. */
  readonly pollIntervalMs: number;
  /** There may be news. */
  readonly onNotification: () => void;
}

/** So often, in milliseconds, others are told that there is something new: more would stand in the way of commits. */
const NOTIFY_INTERVAL_MS = 25;
const INITIAL_RECONNECT_DELAY_MS = 1000;
const MAX_RECONNECT_DELAY_MS = 30_000;

/** Tells other processes of what was published here, and hears from them: both may get lost, and shorten a sleep only. */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #listeners = new Set<() => void>();
  #pollTimer: NodeJS.Timeout | undefined;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #client: PoolClient | undefined;
  #reconnectDelayMs = INITIAL_RECONNECT_DELAY_MS;
  #notifyTimer: NodeJS.Timeout | undefined;
  #lastNotifiedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  subscribe(listener: () => void): () => void {
    if (this.#listeners.size === 0) this.#start();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  /** Something was published. */
  notify(): void {
    const { channel, database } = this.#options;
    if (channel === null || this.#notifyTimer !== undefined || this.#isClosed) return;
    const delayMs = Math.max(0, this.#lastNotifiedAt + NOTIFY_INTERVAL_MS - performance.now());
    this.#notifyTimer = setTimeout(() => {
      this.#notifyTimer = undefined;
      this.#lastNotifiedAt = performance.now();
      if (!this.#isClosed) database.query("select pg_notify($1, '')", [channel]).catch(() => {});
    }, delayMs);
    this.#notifyTimer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#notifyTimer);
    this.#listeners.clear();
    this.#stop();
  }

  #start(): void {
    this.#pollTimer = setInterval(() => this.#emit(), this.#options.pollIntervalMs);
    this.#pollTimer.unref();
    void this.#connect();
  }

  #stop(): void {
    clearInterval(this.#pollTimer);
    clearTimeout(this.#reconnectTimer);
    this.#client?.release(true);
    this.#client = undefined;
  }

  #emit(): void {
    this.#options.onNotification();
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
      client.on("notification", () => this.#emit());
      client.on("error", () => this.#onConnectionLost(client));
      client.on("end", () => this.#onConnectionLost(client));
      this.#client = client;
      await client.query(`listen "${channel}"`);
      this.#reconnectDelayMs = INITIAL_RECONNECT_DELAY_MS;
      // What happened before one listened.
      this.#emit();
    } catch {
      this.#client?.release(true);
      this.#client = undefined;
      this.#scheduleReconnect();
    }
  }

  #onConnectionLost(client: PoolClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.release(true);
    this.#scheduleReconnect();
  }

  #scheduleReconnect(): void {
    if (this.#listeners.size === 0) return;
    clearTimeout(this.#reconnectTimer);
    this.#reconnectTimer = setTimeout(() => void this.#connect(), this.#reconnectDelayMs);
    this.#reconnectTimer.unref();
    this.#reconnectDelayMs = Math.min(MAX_RECONNECT_DELAY_MS, this.#reconnectDelayMs * 2);
  }
}
