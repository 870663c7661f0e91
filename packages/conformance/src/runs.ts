// How much a suite does: in `npm test` what there is time for, in `pnpm test:long` more, with fresh seeds. Imports no test
// framework, so that programs may take it, too.

const env = process.env;
/** Whether `pnpm test:long` runs. */
export const isLong: boolean = env["HERON_TEST_LONG"] === "1";
/** Under a share, as mutation testing has it, a count of more than this does not become less. */
const MIN_RUNS = 20;

/** How often to do something. */
export function selectCount(short: number, long: number): number {
  return isLong ? long : short;
}

/** What to give to `fc.assert`. */
export interface Runs {
  readonly numRuns: number;
  readonly seed?: number;
  readonly path?: string;
}

/**
 * How many cases of a property to check. `HERON_TEST_SEED` is the seed, for the cases of another run; with it
 * `HERON_TEST_PATH` is the path that a failure gives, for that one case. `HERON_TEST_SHARE` is the share of all cases, for
 * runs in which every test is run hundreds of times.
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

/** A seed for numbers at random: the one that is given, or a fresh one. */
export function getTestSeed(): number {
  return Number(env["HERON_TEST_SEED"] ?? Date.now() % 1_000_000);
}
