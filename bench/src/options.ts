export interface BenchOptions {
  /** Runs only a smoke test. */
  readonly isQuick: boolean;
  /** Names of its parts; empty for all. Only some benches have parts. */
  readonly parts: readonly string[];
}
