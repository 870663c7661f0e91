import { assertPattern, LONGEST_TOPIC } from "./grammar.ts";
import { patternsOf } from "./match.ts";

const MOST_REMEMBERED = 256;

/** Values kept by pattern and found by topic, in at most 32 look-ups however many patterns there are. */
export class PatternIndex<T> {
  readonly #byPattern = new Map<string, T[]>();
  // What recent topics found: an application sees few topics, many times each.
  readonly #byTopic = new Map<string, readonly T[]>();

  /**
   * Keeps `value` under `pattern`; several under one pattern stay in the order they came.
   * @throws HeronError `pattern_invalid`
   */
  add(pattern: string, value: T): void {
    assertPattern(pattern);
    this.#byTopic.clear();
    const values = this.#byPattern.get(pattern);
    if (values === undefined) this.#byPattern.set(pattern, [value]);
    else values.push(value);
  }

  /** Takes one `value` out from under `pattern`; says whether it was there. */
  delete(pattern: string, value: T): boolean {
    const values = this.#byPattern.get(pattern);
    const at = values?.indexOf(value) ?? -1;
    if (values === undefined || at < 0) return false;
    this.#byTopic.clear();
    values.splice(at, 1);
    if (values.length === 0) this.#byPattern.delete(pattern);
    return true;
  }

  /** The values whose pattern matches `topic`, most specific pattern first. */
  match(topic: string): readonly T[] {
    const known = this.#byTopic.get(topic);
    if (known !== undefined) return known;
    const found = Object.freeze(patternsOf(topic).flatMap((pattern) => this.#byPattern.get(pattern) ?? []));
    if (topic.length > LONGEST_TOPIC) return found;
    if (this.#byTopic.size >= MOST_REMEMBERED) this.#byTopic.clear();
    this.#byTopic.set(topic, found);
    return found;
  }
}
