import { subscribedPatterns } from "../../../matching/subscribed.ts";
import type { Tables } from "./tables.ts";

const MOST_KEPT = 10_000;

/**
 * Which webhooks of an account get a topic: a look-up for each pattern that matches, of which there are 32 at most, however
 * many webhooks there are. Kept until any webhook changes: the thread alone has the file, so what is kept is exact.
 */
export class Matching {
  readonly #tables: Tables;
  readonly #kept = new Map<string, readonly number[]>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  find(account: number, topic: string): readonly number[] {
    const key = `${account} ${topic}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const found = new Set<number>();
    for (const pattern of subscribedPatterns(topic))
      for (const row of this.#tables.all(
        "select webhook from subscriptions where account = ? and pattern = ?",
        account,
        pattern,
      ))
        found.add(Number(row["webhook"]));
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    const matches = [...found].sort((a, b) => a - b);
    this.#kept.set(key, matches);
    return matches;
  }

  forget(): void {
    this.#kept.clear();
  }
}
