import type { Pool, PoolClient } from "pg";
import type { Database } from "./database.ts";

export interface NotifierOptions {
  readonly database: Database;
  readonly pool: Pool;
  /** The name of the channel; null to poll only. */
  readonly channel: string | null;
  readonly pollIntervalMs: number;
  readonly onNotification: () => void;
}

/** NOTIFY takes a global lock at commit, so more frequent notifications would slow down other commits. */
const NOTIFY_INTERVAL_MS = 25;
const INITIAL_RECONNECT_DELAY_MS = 1000;
const MAX_RECONNECT_DELAY_MS = 30_000;

/** Sends and receives notifications with NOTIFY and LISTEN. They may get lost: they only shorten the wait for the next poll. */
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
    for (const listener of this.#listeners) listener();
  }

  /** Holds one connection while there are listeners. */
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
      // Notifications before LISTEN were missed.
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
