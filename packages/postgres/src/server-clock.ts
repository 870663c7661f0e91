import type { Clock } from "@heron-webhooks/core";
import type { SqlClient } from "./database.ts";

/** After so long it is asked again what the server's clock says, in milliseconds. */
const SYNC_INTERVAL_MS = 10_000;
/** An answer that takes longer says the time too vaguely, by half of it: others would be believed dead too soon. */
const MAX_ROUND_TRIP_MS = 1000;

/**
 * The server's time in this process, so that it does not matter what the machine's own clock says: all who share a
 * database go by the same. It never runs backwards.
 */
export class ServerClock {
  readonly #override: Pick<Clock, "now"> | undefined;
  /** How far the server's clock is ahead of this process's monotonic one. */
  #offsetMs: number | undefined;
  #syncedAt = Number.NEGATIVE_INFINITY;
  #lastNow = 0;

  /** `given` stands for the server's, in tests. */
  constructor(override?: Pick<Clock, "now">) {
    this.#override = override;
  }

  /** In whole milliseconds since 1970; only once the server was asked. */
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
