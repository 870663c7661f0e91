import type { LookupError } from "./lookup-error.ts";

/** What a look-up came to: addresses, or why there are none. */
export type LookupResult =
  | { readonly addresses: readonly string[]; readonly error: null }
  | { readonly addresses: readonly []; readonly error: LookupError };

interface Entry {
  readonly result: LookupResult;
  readonly until: number;
}

/** Results of look-ups for a short time. The least recently used one is evicted when the cache is full. */
export class LookupCache {
  readonly #maxEntries: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(maxEntries: number, now: () => number) {
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): LookupResult | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    this.#entries.delete(name);
    if (this.#now() >= entry.until) return undefined;
    this.#entries.set(name, entry);
    return entry.result;
  }

  set(name: string, result: LookupResult, forMs: number): void {
    this.#entries.delete(name);
    if (forMs <= 0) return;
    if (this.#entries.size >= this.#maxEntries) {
      const [oldest = ""] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
    this.#entries.set(name, { result, until: this.#now() + forMs });
  }
}
