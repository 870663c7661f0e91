import { Heap } from "./heap.ts";

interface Entry<T> {
  readonly one: T;
  readonly since: number;
}

/** Those that have a turn before others, and cannot take it yet; and since when the first of them waits for it. */
export class Awaited<T> {
  readonly #since = new Map<T, number>();
  readonly #entries = new Heap<Entry<T>>((one, other) => one.since < other.since);

  get size(): number {
    return this.#since.size;
  }

  add(one: T, since: number): void {
    if ((this.#since.get(one) ?? Number.POSITIVE_INFINITY) <= since) return;
    this.#since.set(one, since);
    this.#entries.push({ one, since });
  }

  delete(one: T): void {
    this.#since.delete(one);
  }

  /** Infinite if there is none. */
  since(): number {
    for (let first = this.#entries.peek(); first !== undefined; first = this.#entries.peek()) {
      if (this.#since.get(first.one) === first.since) return first.since;
      this.#entries.pop();
    }
    return Number.POSITIVE_INFINITY;
  }
}
