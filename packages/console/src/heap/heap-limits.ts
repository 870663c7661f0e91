/** So many of a user's single requests in so long, and in bulk so many of a user's, and of a key's, in a minute. */
const SINGLE = { most: 30, windowMs: 30_000 } as const;
const BULK_OF_USER = { most: 1000, windowMs: 60_000 } as const;
const BULK_OF_KEY = { most: 15_000, windowMs: 60_000 } as const;
/** Users that are counted at once; beyond, all begin anew. */
const MOST = 100_000;

interface Bound {
  readonly most: number;
  readonly windowMs: number;
}

/** What is left of a bound, and whether a request is over it. */
export interface Taken {
  readonly isOver: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Heap's own limits, by fixed windows, in this process's memory. Source: Heap, "Track" and "Add User Properties"
 * (server-side API).
 */
export class HeapLimits {
  readonly #counts = new Map<string, { count: number; window: number }>();

  /** Counts one request of one user. */
  single(key: string, user: string, now: number): Taken {
    return this.#take([[`single ${key} ${user}`, 1, SINGLE]], now);
  }

  /** Counts a request about several, if none of them is over; `users` has each as often as the request has it. */
  bulk(key: string, users: readonly string[], now: number): Taken {
    const counts = new Map<string, number>();
    for (const user of users) counts.set(user, (counts.get(user) ?? 0) + 1);
    const ofUsers = [...counts].map(([user, count]) => [`bulk ${key} ${user}`, count, BULK_OF_USER] as const);
    return this.#take([[`key ${key}`, users.length, BULK_OF_KEY], ...ofUsers], now);
  }

  /** All of them, or none. */
  #take(wanted: readonly (readonly [name: string, count: number, bound: Bound])[], now: number): Taken {
    if (this.#counts.size > MOST) this.#counts.clear();
    const isOver = wanted.some(
      ([name, count, bound]) => this.#counted(name, bound, now) + count > bound.most,
    );
    if (!isOver) for (const [name, count, bound] of wanted) this.#count(name, count, bound, now);
    const left = wanted.map(([name, , bound]) => bound.most - this.#counted(name, bound, now));
    const tightest = left.indexOf(Math.min(...left));
    const { most, windowMs } = (wanted[tightest] as (typeof wanted)[number])[2];
    const ends = (Math.floor(now / windowMs) + 1) * windowMs;
    return {
      isOver,
      headers: {
        "x-ratelimit-limit": String(most),
        "x-ratelimit-remaining": String(isOver ? 0 : Math.max(0, left[tightest] as number)),
        "x-ratelimit-reset": String(Math.ceil(ends / 1000)),
        ...(isOver ? { "retry-after": String(Math.max(1, Math.ceil((ends - now) / 1000))) } : {}),
      },
    };
  }

  #counted(name: string, { windowMs }: Bound, now: number): number {
    const found = this.#counts.get(name);
    return found?.window === Math.floor(now / windowMs) ? found.count : 0;
  }

  #count(name: string, count: number, bound: Bound, now: number): void {
    const window = Math.floor(now / bound.windowMs);
    this.#counts.set(name, { count: this.#counted(name, bound, now) + count, window });
  }
}
