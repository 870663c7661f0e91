// The size of test runs: short in `npm test`, longer and with fresh seeds in `pnpm test:long`. Imports no test framework, so
// that programs can import it, too.

const env = process.env;
/** Whether `pnpm test:long` runs. */
export const isLong: boolean = env["HERON_TEST_LONG"] === "1";
/** With a share, as in mutation testing, a larger count is not reduced below this. */
const MIN_RUNS = 20;

/** The short count, or the long one in `pnpm test:long`. */
export function selectCount(short: number, long: number): number {
  return isLong ? long : short;
}

/** Parameters of `fc.assert`. */
export interface Runs {
  readonly numRuns: number;
  readonly seed?: number;
  readonly path?: string;
}

/**
 * The number of cases of a property. `HERON_TEST_SEED` repeats the cases of another run; with `HERON_TEST_PATH`, the path
 * in a failure's message, only that case. `HERON_TEST_SHARE` is the share of cases to check, for mutation testing.
 */
export function getRuns(short: number, long: number = short * 10): Runs {
  const share = Number(env["HERON_TEST_SHARE"] ?? 1);
  const total = selectCount(short, long);
  const { HERON_TEST_SEED: seed, HERON_TEST_PATH: path } = env;
  return {
    numRuns: Math.max(Math.ceil(total * share), Math.min(total, MIN_RUNS)),
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(seed !== undefined && path !== undefined && { path }),
  };
}

/** The seed for random numbers: `HERON_TEST_SEED`, or a fresh one. */
export function getTestSeed(): number {
  return Number(env["HERON_TEST_SEED"] ?? Date.now() % 1_000_000);
}
