/** So many of a user's single requests in so long, and in bulk so many of a user's, and of a key's, in a minute. */
const SINGLE = { most: 30, windowMs: 30_000 } as const;
const BULK_OF_USER = { most: 1000, windowMs: 60_000 } as const;
const BULK_OF_KEY = { most: 15_000, windowMs: 60_000 } as const;
/** Users that are counted at once; beyond, all of them begin anew, and none of the keys. */
const MOST = 100_000;

interface Bound {
  readonly most: number;
  readonly windowMs: number;
}

interface Count {
  readonly count: number;
  readonly window: number;
}

/** So many are to be counted of one that has a bound. */
interface Wanted {
  readonly of: Map<string, Count>;
  readonly name: string;
  readonly count: number;
  readonly bound: Bound;
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
  readonly #users = new Map<string, Count>();
  /** Of no more keys than the console knows to be somebody's. */
  readonly #keys = new Map<string, Count>();

  /** Counts one request of one user. */
  single(key: string, user: string, now: number): Taken {
    return this.#take([{ of: this.#users, name: `single ${key} ${user}`, count: 1, bound: SINGLE }], now);
  }

  /** Counts a request about several, if none of them is over; `users` has each as often as the request has it. */
  bulk(key: string, users: readonly string[], now: number): Taken {
    const counts = new Map<string, number>();
    for (const user of users) counts.set(user, (counts.get(user) ?? 0) + 1);
    const ofUsers = [...counts].map(([user, count]) => ({
      of: this.#users,
      name: `bulk ${key} ${user}`,
      count,
      bound: BULK_OF_USER,
    }));
    return this.#take(
      [{ of: this.#keys, name: key, count: users.length, bound: BULK_OF_KEY }, ...ofUsers],
      now,
    );
  }

  /** All of them, or none. */
  #take(wanted: readonly Wanted[], now: number): Taken {
    if (this.#users.size > MOST) this.#users.clear();
    const isOver = wanted.some((one) => counted(one, now) + one.count > one.bound.most);
    if (!isOver)
      for (const one of wanted)
        one.of.set(one.name, { count: counted(one, now) + one.count, window: windowOf(one.bound, now) });
    const left = wanted.map((one) => one.bound.most - counted(one, now));
    const tightest = left.indexOf(Math.min(...left));
    const { bound } = wanted[tightest] as Wanted;
    const ends = (windowOf(bound, now) + 1) * bound.windowMs;
    return {
      isOver,
      headers: {
        "x-ratelimit-limit": String(bound.most),
        "x-ratelimit-remaining": String(isOver ? 0 : Math.max(0, left[tightest] as number)),
        "x-ratelimit-reset": String(Math.ceil(ends / 1000)),
        ...(isOver ? { "retry-after": String(Math.max(1, Math.ceil((ends - now) / 1000))) } : {}),
      },
    };
  }
}

function counted({ of, name, bound }: Wanted, now: number): number {
  const found = of.get(name);
  return found?.window === windowOf(bound, now) ? found.count : 0;
}

function windowOf({ windowMs }: Bound, now: number): number {
  return Math.floor(now / windowMs);
}
