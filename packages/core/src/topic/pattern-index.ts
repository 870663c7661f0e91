import { assertPattern } from "./grammar.ts";
import { patternsOf } from "./match.ts";

/** Values kept by pattern and found by topic, in at most 32 look-ups however many patterns there are. */
export class PatternIndex<T> {
  readonly #byPattern = new Map<string, T[]>();

  /**
   * Keeps `value` under `pattern`; several under one pattern stay in the order they came.
   * @throws HeronError `pattern_invalid`
   */
  add(pattern: string, value: T): void {
    assertPattern(pattern);
    const values = this.#byPattern.get(pattern);
    if (values === undefined) this.#byPattern.set(pattern, [value]);
    else values.push(value);
  }

  /** Takes one `value` out from under `pattern`; says whether it was there. */
  delete(pattern: string, value: T): boolean {
    const values = this.#byPattern.get(pattern);
    const at = values?.indexOf(value) ?? -1;
    if (values === undefined || at < 0) return false;
    values.splice(at, 1);
    if (values.length === 0) this.#byPattern.delete(pattern);
    return true;
  }

  /** The values whose pattern matches `topic`, most specific pattern first. */
  match(topic: string): T[] {
    if (this.#byPattern.size === 0) return [];
    return patternsOf(topic).flatMap((pattern) => this.#byPattern.get(pattern) ?? []);
  }
}
