/** What a {@link Bag} holds. */
export interface Bagged {
  /** Where it lies: the bag's affair. */
  place: number;
}

/**
 * What is under way, in no order. Not a `Set`: what comes and goes has a `Set` move to a new table again and again, and each
 * old table, once it has become old, keeps the next alive with all it held, until the next full garbage collection. At
 * 14,000 deliveries a second that was a tenth of the time.
 */
export class Bag<T extends Bagged> {
  readonly #items: T[] = [];
  #whenEmpty: (() => void)[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  /** Takes out what is in it. */
  delete(item: T): void {
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#items[item.place] = last;
      last.place = item.place;
    }
    if (this.#items.length > 0) return;
    const told = this.#whenEmpty;
    this.#whenEmpty = [];
    for (const tell of told) tell();
  }

  /** Everything that is in it; each may be taken out when it comes. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    // From the end: what takes the place of one that is taken out has come before.
    for (let place = this.#items.length - 1; place >= 0; place--) yield this.#items[place] as T;
  }

  /** Resolves when nothing is in it. */
  async empty(): Promise<void> {
    while (this.#items.length > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }
}
