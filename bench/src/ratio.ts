/** A function to measure, called with an increasing number to vary its input. */
export interface Candidate {
  readonly name: string;
  readonly call: (callIndex: number) => unknown;
  /** Whether to await its result. */
  readonly isAsync?: boolean;
}

export interface Measured {
  readonly name: string;
  /** Median time of a call. */
  readonly microseconds: number;
  /** The time of a call in each round. */
  readonly rounds: readonly number[];
}

/** Receives the results, so that the compiler cannot remove a call. */
export let sink: unknown;

/**
 * Measures candidates in short alternating blocks, in a changing order. On a shared machine only times within a few
 * milliseconds are comparable, so compare them with {@link getRatio}.
 */
export async function measureInterleaved(
  candidates: readonly Candidate[],
  { rounds, blockMs = 1, warmUpMs = 150 }: { rounds: number; blockMs?: number; warmUpMs?: number },
): Promise<Measured[]> {
  const callIndexes = candidates.map(() => 0);
  const block = async (index: number, calls: number): Promise<number> => {
    const { call, isAsync = false } = candidates[index] as Candidate;
    let callIndex = callIndexes[index] as number;
    const from = process.hrtime.bigint();
    if (isAsync) for (let i = 0; i < calls; i++) sink = await call(callIndex++);
    else for (let i = 0; i < calls; i++) sink = call(callIndex++);
    const took = Number(process.hrtime.bigint() - from) / 1000 / calls;
    callIndexes[index] = callIndex;
    return took;
  };

  const calls: number[] = [];
  for (const index of candidates.keys()) {
    const until = performance.now() + warmUpMs;
    const warm: number[] = [];
    while (performance.now() < until || warm.length < 3) warm.push(await block(index, 1));
    calls.push(Math.max(1, Math.round((blockMs * 1000) / median(warm.slice(-1000)))));
  }

  const times: number[][] = candidates.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const index of alternateOrder(candidates.length, round))
      times[index]?.push(await block(index, calls[index] as number));
  return candidates.map(({ name }, index) => {
    const own = times[index] as number[];
    return { name, microseconds: median(own), rounds: own };
  });
}

/** The ratio of the times: the median over the rounds. */
export function getRatio(numerator: Measured, denominator: Measured): number {
  return median(numerator.rounds.map((time, round) => time / (denominator.rounds[round] as number)));
}

/** The numbers below `length`, rotated in each round and reversed in every second one. */
export function alternateOrder(length: number, round: number): number[] {
  const order = Array.from({ length }, (_, i) => (i + (round >> 1)) % length);
  return round % 2 === 0 ? order : order.reverse();
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
