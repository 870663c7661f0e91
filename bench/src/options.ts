/** How much a bench does: all of it, or just enough to see that it works. */
export interface BenchOptions {
  readonly quick: boolean;
}
