import { assertPattern, MAX_TOPIC_LENGTH } from "./grammar.ts";
import { getMatchingPatterns } from "./match.ts";

const MAX_CACHED_TOPICS = 256;

/** Values by pattern, found by topic in at most 32 look-ups regardless of the number of patterns. */
export class PatternIndex<T> {
  readonly #valuesByPattern = new Map<string, T[]>();
  // Cached matches: an application receives few different topics.
  readonly #matchCache = new Map<string, readonly T[]>();

  /**
   * Adds `value` under `pattern`. Values of one pattern keep their order.
   * @throws HeronError `pattern_invalid`
   */
  add(pattern: string, value: T): void {
    assertPattern(pattern);
    this.#matchCache.clear();
    const values = this.#valuesByPattern.get(pattern);
    if (values === undefined) this.#valuesByPattern.set(pattern, [value]);
    else values.push(value);
  }

  /** Removes `value` from `pattern`. Returns whether it existed. */
  delete(pattern: string, value: T): boolean {
    const values = this.#valuesByPattern.get(pattern);
    const index = values?.indexOf(value) ?? -1;
    if (values === undefined || index < 0) return false;
    this.#matchCache.clear();
    values.splice(index, 1);
    if (values.length === 0) this.#valuesByPattern.delete(pattern);
    return true;
  }

  /** The values of all patterns that match `topic`, most specific first. */
  match(topic: string): readonly T[] {
    const cached = this.#matchCache.get(topic);
    if (cached !== undefined) return cached;
    const values = Object.freeze(
      getMatchingPatterns(topic).flatMap((pattern) => this.#valuesByPattern.get(pattern) ?? []),
    );
    if (topic.length > MAX_TOPIC_LENGTH) return values;
    if (this.#matchCache.size >= MAX_CACHED_TOPICS) this.#matchCache.clear();
    this.#matchCache.set(topic, values);
    return values;
  }
}
