import type { Clock } from "@heron-webhooks/core";
import type { Queryable } from "./database.ts";

/** After so long it is asked again what the server's clock says, in milliseconds. */
const STALE = 10_000;
/** An answer that takes longer says the time too vaguely, by half of it: others would be believed dead too soon. */
const SLOW = 1000;

/**
 * The server's time in this process, so that it does not matter what the machine's own clock says: all who share a
 * database go by the same. It never runs backwards.
 */
export class ServerClock {
  readonly #given: Pick<Clock, "now"> | undefined;
  /** How far the server's clock is ahead of this process's monotonic one. */
  #ahead: number | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #last = 0;

  /** `given` stands for the server's, in tests. */
  constructor(given?: Pick<Clock, "now">) {
    this.#given = given;
  }

  /** In whole milliseconds since 1970; only once the server was asked. */
  now(): number {
    if (this.#given !== undefined) return this.#given.now();
    this.#last = Math.max(this.#last, Math.round(performance.now() + (this.#ahead ?? 0)));
    return this.#last;
  }

  get isStale(): boolean {
    return this.#given === undefined && performance.now() - this.#askedAt > STALE;
  }

  async ask(client: Queryable): Promise<void> {
    if (this.#given !== undefined) return;
    const from = performance.now();
    this.#askedAt = from;
    const { rows } = await client.query(
      "select extract(epoch from clock_timestamp())::double precision * 1000 as now",
    );
    const to = performance.now();
    const isSlow = to - from > SLOW;
    if (isSlow) this.#askedAt = Number.NEGATIVE_INFINITY;
    if (isSlow && this.#ahead !== undefined) return;
    this.#ahead = (rows[0] as { readonly now: number }).now - (from + to) / 2;
  }
}
