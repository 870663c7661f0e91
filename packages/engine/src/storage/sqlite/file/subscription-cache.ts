import { findSubscribedPatterns } from "../../../matching/subscriptions.ts";
import type { Statements } from "./statements.ts";

const MAX_CACHED_TOPICS = 10_000;

/**
 * Caches which webhooks of an account match a topic. A miss takes one query for each matching pattern, at most 32,
 * however many webhooks there are. Cleared when any webhook changes; the thread is the file's only writer, so the cache
 * is exact.
 */
export class SubscriptionCache {
  readonly #statements: Statements;
  readonly #cache = new Map<string, readonly number[]>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  find(account: number, topic: string): readonly number[] {
    const key = `${account} ${topic}`;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const found = new Set<number>();
    for (const pattern of findSubscribedPatterns(topic))
      for (const row of this.#statements.all(
        "select webhook from subscriptions where account = ? and pattern = ?",
        account,
        pattern,
      ))
        found.add(Number(row["webhook"]));
    if (this.#cache.size >= MAX_CACHED_TOPICS) this.#cache.clear();
    const matches = [...found].sort((a, b) => a - b);
    this.#cache.set(key, matches);
    return matches;
  }

  clear(): void {
    this.#cache.clear();
  }
}
