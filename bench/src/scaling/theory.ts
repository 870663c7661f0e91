/** What queueing theory says of a queue with `slots` servers, each busy `load` of the time, whose work takes `work` seconds. */
export interface Theory {
  /** The part that waits. */
  readonly waited: number;
  /** In seconds. */
  readonly mean: number;
  readonly p99: number;
}

/** M/M/c by Erlang's formula C, from formula B by its recursion, in which nothing overflows. */
export function erlang(slots: number, load: number, work: number): Theory {
  const offered = slots * load;
  let blocked = 1;
  for (let i = 1; i <= slots; i++) blocked = (offered * blocked) / (i + offered * blocked);
  const waited = blocked / (1 - load * (1 - blocked));
  // Who waits, waits for an exponential time of this mean.
  const waiting = work / (slots * (1 - load));
  return { waited, mean: waited * waiting, p99: waited > 0.01 ? waiting * Math.log(waited / 0.01) : 0 };
}

/** What each gets of 1, if nobody gets more than he asks for, and the least get as much as there is for them: max-min. */
export function maxMin(asked: readonly number[]): number[] {
  const given = asked.map(() => 0);
  let left = 1;
  const order = asked.map((ask, i) => ({ ask, i })).sort((a, b) => a.ask - b.ask);
  for (const [place, { ask, i }] of order.entries()) {
    const share = Math.min(ask, left / (order.length - place));
    given[i] = share;
    left -= share;
  }
  return given;
}

/**
 * How many times the mean the fullest of so many shards has in the median, if so many accounts of the same size fall into
 * them by chance: the number in each is binomial, and taken for independent of the others.
 */
export function fullestOf(accounts: number, shards: number): number {
  if (shards === 1) return 1;
  // Logarithms, since the probability of very few is less than a number can be.
  let logarithm = accounts * Math.log1p(-1 / shards);
  let sum = Math.exp(logarithm);
  let count = 0;
  while (sum ** shards < 0.5) {
    logarithm += Math.log((accounts - count) / (count + 1) / (shards - 1));
    sum += Math.exp(logarithm);
    count++;
  }
  return (count * shards) / accounts;
}
