/** A look-up that needs one of a limited number of places. */
export interface Queued {
  /** The last look-up of its name was slow, so this one waits for a place for slow look-ups. */
  readonly isSlow: boolean;
  /** Called when it gets its place. */
  start(): void;
}

export interface QueueLimits {
  /** The number of places for look-ups that are not slow. */
  readonly quick: number;
  /** The number of places for slow look-ups. */
  readonly slow: number;
  /** How many places one account may hold. Slow look-ups start in at most half of them. */
  readonly perAccount: number;
}

type Kind = "quick" | "slow";

const KINDS: readonly Kind[] = ["quick", "slow"];

interface Place {
  /** The account that the look-up counts for. */
  readonly account: string;
  readonly kind: Kind;
}

/**
 * Gives look-ups their places: first come, first served within an account; over the accounts, the one with the fewest
 * running first, then round robin. A look-up that several accounts wait for starts at the first of their turns. Slow look-ups have places of their own, so that names
 * whose name servers are dead leave the other places to other names, however many accounts have such names.
 */
export class LookupQueue<T extends Queued> {
  readonly #limits: QueueLimits;
  /** The look-ups that wait, by account. The first account is the next to be served. */
  readonly #waiting: Readonly<Record<Kind, Map<string, Set<T>>>> = { quick: new Map(), slow: new Map() };
  readonly #running = new Map<T, Place>();
  readonly #total: Record<Kind, number> = { quick: 0, slow: 0 };
  readonly #byAccount = new Map<string, Record<Kind, number>>();

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running.size;
  }

  get waiting(): number {
    const waiting = KINDS.flatMap((kind) => [...this.#waiting[kind].values()]);
    return new Set(waiting.flatMap((lookups) => [...lookups])).size;
  }

  add(lookup: T, account: string): void {
    if (this.#running.has(lookup)) return;
    const waiting = this.#waiting[kindOf(lookup)];
    const lookups = waiting.get(account);
    if (lookups === undefined) waiting.set(account, new Set([lookup]));
    else lookups.add(lookup);
    this.#serve();
  }

  /**
   * Moves a running look-up to a place for slow ones. It is moved even if all of those are taken: ending it would fail a
   * name server that needs three seconds because of others that are dead.
   */
  markSlow(lookup: T): void {
    const place = this.#running.get(lookup);
    if (place?.kind !== "quick") return;
    this.#release(lookup, place);
    this.#occupy(lookup, { ...place, kind: "slow" });
    this.#serve();
  }

  /** Removes a look-up that has ended, or that these accounts no longer wait for. */
  delete(lookup: T, accounts: Iterable<string>): void {
    for (const account of accounts) this.#removeWaiting(lookup, account);
    const place = this.#running.get(lookup);
    if (place === undefined) return;
    this.#release(lookup, place);
    this.#serve();
  }

  #serve(): void {
    for (const kind of KINDS)
      while (this.#total[kind] < this.#limits[kind]) {
        const next = this.#next(kind);
        if (next === undefined) break;
        const [account, lookup] = next;
        const waiting = this.#waiting[kind];
        const rest = waiting.get(account);
        // To the end of the round.
        waiting.delete(account);
        if (rest !== undefined) waiting.set(account, rest);
        for (const other of [...waiting.keys()]) this.#removeWaiting(lookup, other);
        this.#occupy(lookup, { account, kind });
        lookup.start();
      }
  }

  /** The next look-up of the account with the fewest running: turns alone would count one that takes 1 ms like one that takes 1 s. */
  #next(kind: Kind): readonly [account: string, lookup: T] | undefined {
    let fewest = this.#limits.perAccount;
    let next: readonly [account: string, lookup: T] | undefined;
    for (const [account, [lookup]] of this.#waiting[kind]) {
      const running = this.#countRunning(account);
      if (lookup === undefined || running >= fewest || !this.#mayStart(account, kind)) continue;
      fewest = running;
      next = [account, lookup];
      if (running === 0) break;
    }
    return next;
  }

  #countRunning(account: string): number {
    const { quick, slow } = this.#byAccount.get(account) ?? { quick: 0, slow: 0 };
    return quick + slow;
  }

  #mayStart(account: string, kind: Kind): boolean {
    const { perAccount } = this.#limits;
    const slow = this.#byAccount.get(account)?.slow ?? 0;
    return this.#countRunning(account) < perAccount && (kind === "quick" || slow < Math.ceil(perAccount / 2));
  }

  #occupy(lookup: T, place: Place): void {
    this.#running.set(lookup, place);
    const running = this.#byAccount.get(place.account) ?? { quick: 0, slow: 0 };
    running[place.kind] += 1;
    this.#byAccount.set(place.account, running);
    this.#total[place.kind] += 1;
  }

  #release(lookup: T, { account, kind }: Place): void {
    this.#running.delete(lookup);
    this.#total[kind] -= 1;
    const running = this.#byAccount.get(account);
    if (running === undefined) return;
    running[kind] -= 1;
    if (running.quick + running.slow === 0) this.#byAccount.delete(account);
  }

  #removeWaiting(lookup: T, account: string): void {
    const waiting = this.#waiting[kindOf(lookup)];
    const lookups = waiting.get(account);
    lookups?.delete(lookup);
    if (lookups?.size === 0) waiting.delete(account);
  }
}

function kindOf(lookup: Queued): Kind {
  return lookup.isSlow ? "slow" : "quick";
}
