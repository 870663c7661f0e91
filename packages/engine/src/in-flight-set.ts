/** An item of an {@link InFlightSet}. */
export interface InFlightItem {
  /** The position in the set, managed by the set. */
  index: number;
}

/**
 * The items in flight, unordered. A `Set` with constant turnover reallocates its table repeatedly, and each old table
 * that was promoted to the old generation keeps its successor alive until the next full garbage collection. At 14,000
 * deliveries a second that took a tenth of the time.
 */
export class InFlightSet<T extends InFlightItem> {
  readonly #items: T[] = [];
  #emptyListeners: (() => void)[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    item.index = this.#items.length;
    this.#items.push(item);
  }

  /** Removes an item of the set. */
  delete(item: T): void {
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#items[item.index] = last;
      last.index = item.index;
    }
    if (this.#items.length > 0) return;
    const listeners = this.#emptyListeners;
    this.#emptyListeners = [];
    for (const notify of listeners) notify();
  }

  /** Iterates over all items. The current item may be deleted during iteration. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    // Backwards: an item that moves into a deleted item's place was visited already.
    for (let index = this.#items.length - 1; index >= 0; index--) yield this.#items[index] as T;
  }

  /** Resolves when the set is empty. */
  async whenEmpty(): Promise<void> {
    while (this.#items.length > 0) await new Promise<void>((resolve) => this.#emptyListeners.push(resolve));
  }
}
