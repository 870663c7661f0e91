interface Entry<T> {
  readonly value: T;
  readonly until: number;
}

/** Values that are kept for a limited time. The least recently used one is evicted when the cache is full. */
export class ExpiringCache<T> {
  readonly #maxEntries: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(maxEntries: number, now: () => number) {
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (this.#now() >= entry.until) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: T, forMs: number): void {
    this.#entries.delete(key);
    if (forMs <= 0) return;
    if (this.#entries.size >= this.#maxEntries) {
      const [oldest = ""] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, until: this.#now() + forMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
