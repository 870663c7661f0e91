import type { Clock } from "@heron-webhooks/core";
import type { SqlClient } from "./database.ts";

const SYNC_INTERVAL_MS = 10_000;
/** A slower response gives a time that is too inaccurate: leases of other processes would seem to expire too soon. */
const MAX_ROUND_TRIP_MS = 1000;

/**
 * The server's time, which all processes that share a database use, so that the clocks of their machines do not matter. It
 * never runs backwards.
 */
export class ServerClock {
  readonly #override: Pick<Clock, "now"> | undefined;
  /** How far the server's clock is ahead of this process's monotonic one. */
  #offsetMs: number | undefined;
  #syncedAt = Number.NEGATIVE_INFINITY;
  #lastNow = 0;

  /** `override` replaces the server's clock in tests. */
  constructor(override?: Pick<Clock, "now">) {
    this.#override = override;
  }

  /** In whole milliseconds since 1970; valid after the first `sync`. */
  now(): number {
    if (this.#override !== undefined) return this.#override.now();
    this.#lastNow = Math.max(this.#lastNow, Math.round(performance.now() + (this.#offsetMs ?? 0)));
    return this.#lastNow;
  }

  get isStale(): boolean {
    return this.#override === undefined && performance.now() - this.#syncedAt > SYNC_INTERVAL_MS;
  }

  async sync(client: SqlClient): Promise<void> {
    if (this.#override !== undefined) return;
    const sentAt = performance.now();
    this.#syncedAt = sentAt;
    const { rows } = await client.query(
      "select extract(epoch from clock_timestamp())::double precision * 1000 as now",
    );
    const receivedAt = performance.now();
    const isSlow = receivedAt - sentAt > MAX_ROUND_TRIP_MS;
    if (isSlow) this.#syncedAt = Number.NEGATIVE_INFINITY;
    if (isSlow && this.#offsetMs !== undefined) return;
    this.#offsetMs = (rows[0] as { readonly now: number }).now - (sentAt + receivedAt) / 2;
  }
}
