/** Accounts that are counted at once; beyond, all begin anew. */
const MOST = 10_000;

/** How often each may ask in a minute, by fixed windows, as Heron's own API counts. */
export class RateLimit {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  #window = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts one. Says what is left, and when it begins anew, for the headers. */
  take(who: string, now: number): { readonly isOver: boolean; readonly headers: Record<string, string> } {
    const window = Math.floor(now / 60_000);
    if (window !== this.#window || this.#counts.size > MOST) this.#counts.clear();
    this.#window = window;
    const count = (this.#counts.get(who) ?? 0) + 1;
    this.#counts.set(who, count);
    const reset = (window + 1) * 60;
    const isOver = count > this.#most;
    return {
      isOver,
      headers: {
        "x-ratelimit-limit": String(this.#most),
        "x-ratelimit-remaining": String(Math.max(0, this.#most - count)),
        "x-ratelimit-reset": String(reset),
        ...(isOver ? { "retry-after": String(Math.max(1, reset - Math.floor(now / 1000))) } : {}),
      },
    };
  }
}
