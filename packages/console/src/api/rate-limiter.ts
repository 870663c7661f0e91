/** All counts are reset when this is exceeded. */
const MAX_ACCOUNTS = 10_000;

/** Limits requests per account in fixed windows of a minute, as Heron's own API does. */
export class RateLimiter {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  #window = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a request and returns the rate-limit headers. */
  take(account: string, now: number): { readonly isOver: boolean; readonly headers: Record<string, string> } {
    const window = Math.floor(now / 60_000);
    if (window !== this.#window || this.#counts.size > MAX_ACCOUNTS) this.#counts.clear();
    this.#window = window;
    const count = (this.#counts.get(account) ?? 0) + 1;
    this.#counts.set(account, count);
    const reset = (window + 1) * 60;
    const isOver = count > this.#limit;
    return {
      isOver,
      headers: {
        "x-ratelimit-limit": String(this.#limit),
        "x-ratelimit-remaining": String(Math.max(0, this.#limit - count)),
        "x-ratelimit-reset": String(reset),
        ...(isOver ? { "retry-after": String(Math.max(1, reset - Math.floor(now / 1000))) } : {}),
      },
    };
  }
}
