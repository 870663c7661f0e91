/** How much a bench does. */
export interface BenchOptions {
  /** Just enough to see that it works. */
  readonly isQuick: boolean;
  /** Which of its parts, by their names; none for all. Only some benches have parts. */
  readonly parts: readonly string[];
}
