/** Heap's limits: single requests per user, and in bulk requests events per user and per write key. */
const SINGLE_LIMIT = { max: 30, windowMs: 30_000 } as const;
const BULK_USER_LIMIT = { max: 1000, windowMs: 60_000 } as const;
const BULK_KEY_LIMIT = { max: 15_000, windowMs: 60_000 } as const;
/** The counts of users are reset when this is exceeded. */
const MAX_COUNTED_USERS = 100_000;

interface Limit {
  readonly max: number;
  readonly windowMs: number;
}

interface WindowCount {
  readonly count: number;
  readonly windowIndex: number;
}

/** An amount to add to one counter. */
interface Charge {
  readonly counters: Map<string, WindowCount>;
  readonly name: string;
  readonly count: number;
  readonly limit: Limit;
}

/** Whether a request exceeds a limit, and the rate-limit headers. */
export interface LimitResult {
  readonly isOver: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Heap's own limits, by fixed windows, in this process's memory. Source: Heap, "Track" and "Add User Properties"
 * (server-side API).
 */
export class HeapRateLimits {
  readonly #users = new Map<string, WindowCount>();
  /** Bounded by the number of valid write keys. */
  readonly #keys = new Map<string, WindowCount>();

  /** Counts a single request of a user. */
  takeSingle(key: string, user: string, now: number): LimitResult {
    return this.#take(
      [{ counters: this.#users, name: `single ${key} ${user}`, count: 1, limit: SINGLE_LIMIT }],
      now,
    );
  }

  /** Counts a bulk request, unless a limit is exceeded. `users` has one entry per item. */
  takeBulk(key: string, users: readonly string[], now: number): LimitResult {
    const counts = new Map<string, number>();
    for (const user of users) counts.set(user, (counts.get(user) ?? 0) + 1);
    const userCharges = [...counts].map(([user, count]) => ({
      counters: this.#users,
      name: `bulk ${key} ${user}`,
      count,
      limit: BULK_USER_LIMIT,
    }));
    return this.#take(
      [{ counters: this.#keys, name: key, count: users.length, limit: BULK_KEY_LIMIT }, ...userCharges],
      now,
    );
  }

  /** Adds all charges or none. */
  #take(charges: readonly Charge[], now: number): LimitResult {
    if (this.#users.size > MAX_COUNTED_USERS) this.#users.clear();
    const isOver = charges.some((charge) => getCount(charge, now) + charge.count > charge.limit.max);
    if (!isOver)
      for (const charge of charges)
        charge.counters.set(charge.name, {
          count: getCount(charge, now) + charge.count,
          windowIndex: toWindowIndex(charge.limit, now),
        });
    const remaining = charges.map((charge) => charge.limit.max - getCount(charge, now));
    const tightest = remaining.indexOf(Math.min(...remaining));
    const { limit } = charges[tightest] as Charge;
    const windowEndMs = (toWindowIndex(limit, now) + 1) * limit.windowMs;
    return {
      isOver,
      headers: {
        "x-ratelimit-limit": String(limit.max),
        "x-ratelimit-remaining": String(isOver ? 0 : Math.max(0, remaining[tightest] as number)),
        "x-ratelimit-reset": String(Math.ceil(windowEndMs / 1000)),
        ...(isOver ? { "retry-after": String(Math.max(1, Math.ceil((windowEndMs - now) / 1000))) } : {}),
      },
    };
  }
}

function getCount({ counters, name, limit }: Charge, now: number): number {
  const counter = counters.get(name);
  return counter?.windowIndex === toWindowIndex(limit, now) ? counter.count : 0;
}

function toWindowIndex({ windowMs }: Limit, now: number): number {
  return Math.floor(now / windowMs);
}
