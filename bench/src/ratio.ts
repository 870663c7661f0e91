/** Something to be measured; called with a number that goes up, so that it can take another input each time. */
export interface Candidate {
  readonly name: string;
  readonly call: (turn: number) => unknown;
  /** Its result is to be awaited. */
  readonly isAsync?: boolean;
}

export interface Measured {
  readonly name: string;
  /** Median time of a call. */
  readonly microseconds: number;
  /** Of each round, the time of a call. */
  readonly rounds: readonly number[];
}

/** Results go here, so that no call can be left out as having no effect. */
export let sink: unknown;

/**
 * Measures subjects side by side: short blocks, one of each to a round, the order turned about. On a shared machine
 * only what happens within a few milliseconds can be compared, so compare by {@link getRatio}, not by the times.
 */
export async function measureInterleaved(
  candidates: readonly Candidate[],
  { rounds, blockMs = 1, warmUpMs = 150 }: { rounds: number; blockMs?: number; warmUpMs?: number },
): Promise<Measured[]> {
  const turns = candidates.map(() => 0);
  const block = async (index: number, calls: number): Promise<number> => {
    const { call, isAsync = false } = candidates[index] as Candidate;
    let turn = turns[index] as number;
    const from = process.hrtime.bigint();
    if (isAsync) for (let i = 0; i < calls; i++) sink = await call(turn++);
    else for (let i = 0; i < calls; i++) sink = call(turn++);
    const took = Number(process.hrtime.bigint() - from) / 1000 / calls;
    turns[index] = turn;
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

/** How many times as long the one takes as the other: the median over the rounds. */
export function getRatio(numerator: Measured, denominator: Measured): number {
  return median(numerator.rounds.map((time, round) => time / (denominator.rounds[round] as number)));
}

/** The numbers below `length`, begun elsewhere each round and read backwards in every second. */
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
