/** A look-up that needs one of a limited number of places. */
export interface Queued {
  /** It has its place now. */
  start(): void;
}

export interface QueueLimits {
  /** How many look-ups may run at once. */
  readonly total: number;
  /** How many of them one account may cause. */
  readonly perAccount: number;
}

/**
 * Gives look-ups their places: first come, first served within an account, and round robin over the accounts. A look-up
 * that several accounts wait for starts at the first of their turns.
 */
export class LookupQueue<T extends Queued> {
  readonly #limits: QueueLimits;
  /** The look-ups that wait, by account. The first account is the next to be served. */
  readonly #waiting = new Map<string, Set<T>>();
  /** The account that each running look-up counts for. */
  readonly #running = new Map<T, string>();
  readonly #runningOf = new Map<string, number>();

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running.size;
  }

  get waiting(): number {
    return new Set([...this.#waiting.values()].flatMap((lookups) => [...lookups])).size;
  }

  add(lookup: T, account: string): void {
    if (this.#running.has(lookup)) return;
    const lookups = this.#waiting.get(account);
    if (lookups === undefined) this.#waiting.set(account, new Set([lookup]));
    else lookups.add(lookup);
    this.#serve();
  }

  /** The look-up has ended, or an account waits for it no longer. */
  delete(lookup: T, accounts: Iterable<string>): void {
    for (const account of accounts) this.#forget(lookup, account);
    const account = this.#running.get(lookup);
    if (account === undefined) return;
    this.#running.delete(lookup);
    const running = (this.#runningOf.get(account) ?? 1) - 1;
    if (running === 0) this.#runningOf.delete(account);
    else this.#runningOf.set(account, running);
    this.#serve();
  }

  #serve(): void {
    while (this.#running.size < this.#limits.total) {
      const next = this.#next();
      if (next === undefined) return;
      const [account, lookup] = next;
      const rest = this.#waiting.get(account);
      // To the end of the round.
      this.#waiting.delete(account);
      if (rest !== undefined) this.#waiting.set(account, rest);
      for (const waiting of [...this.#waiting.keys()]) this.#forget(lookup, waiting);
      this.#running.set(lookup, account);
      this.#runningOf.set(account, (this.#runningOf.get(account) ?? 0) + 1);
      lookup.start();
    }
  }

  #next(): readonly [account: string, lookup: T] | undefined {
    for (const [account, [lookup]] of this.#waiting)
      if (lookup !== undefined && (this.#runningOf.get(account) ?? 0) < this.#limits.perAccount)
        return [account, lookup];
    return undefined;
  }

  #forget(lookup: T, account: string): void {
    const lookups = this.#waiting.get(account);
    lookups?.delete(lookup);
    if (lookups?.size === 0) this.#waiting.delete(account);
  }
}
