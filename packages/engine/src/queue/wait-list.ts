import { Heap } from "./heap.ts";

interface Entry<T> {
  readonly item: T;
  readonly since: number;
}

/**
 * Queues that would be served before others, but whose next delivery is not in memory, with the earliest position of
 * them.
 */
export class WaitList<T> {
  readonly #since = new Map<T, number>();
  readonly #entries = new Heap<Entry<T>>((a, b) => a.since < b.since);

  get size(): number {
    return this.#since.size;
  }

  add(item: T, since: number): void {
    if ((this.#since.get(item) ?? Number.POSITIVE_INFINITY) <= since) return;
    this.#since.set(item, since);
    this.#entries.push({ item, since });
  }

  delete(item: T): void {
    this.#since.delete(item);
  }

  /** Returns `Infinity` if the list is empty. */
  getEarliest(): number {
    for (let entry = this.#entries.peek(); entry !== undefined; entry = this.#entries.peek()) {
      if (this.#since.get(entry.item) === entry.since) return entry.since;
      this.#entries.pop();
    }
    return Number.POSITIVE_INFINITY;
  }
}
