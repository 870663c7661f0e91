import type { BenchOptions } from "../options.ts";
import { printTable, formatTargetResult } from "../table.ts";
import { ATTEMPT, quietWebhooks, type Webhook, zipf } from "./population.ts";
import { FAIR, FIFO, type Policy, type ShardResult, simulateShard } from "./shard.ts";
import { erlang, maxMin } from "./theory.ts";

/** So many standard errors off may be chance: that of nineteen figures one is further off is a matter of one in 300. */
const MOST_ERRORS = 4;
const QUEUES = [
  { slots: 1, load: 0.8, seconds: 6000 },
  { slots: 8, load: 0.8, seconds: 1000 },
  { slots: 64, load: 0.9, seconds: 200 },
  { slots: 256, load: 0.95, seconds: 100 },
] as const;

interface Checked {
  readonly name: string;
  readonly simulated: readonly number[];
  readonly theory: number;
}

/** The simulation beside what theory says, where it says something. */
export function validate({ isQuick }: BenchOptions): void {
  const seeds = Array.from({ length: isQuick ? 10 : 60 }, (_, i) => i + 1);
  printTable(
    `The simulation beside Erlang's formula C (M/M/c): an attempt takes ${ATTEMPT * 1000} ms in the mean, claims take no time; ${seeds.length} runs each`,
    ["", "simulated", "±", "theory", "off by", ""],
    QUEUES.flatMap((queue) => againstErlang(queue, seeds)),
  );
  printTable(
    "Shares of 64 slots if three accounts ask for 20, 60 and 120 % of them, by turns, beside max-min fairness",
    ["", "simulated", "±", "theory", "off by", ""],
    againstMaxMin(seeds),
  );
}

function againstErlang(
  { slots: concurrency, load, seconds }: (typeof QUEUES)[number],
  seeds: readonly number[],
): string[][] {
  const rate = (concurrency * load) / ATTEMPT;
  const one: Webhook = { account: 0, kind: "quiet", rate, concurrency: Number.POSITIVE_INFINITY };
  const many = quietWebhooks(zipf(50, 1), rate).map((webhook) => ({ ...webhook, concurrency }));
  const run = (policy: Policy, webhooks: readonly Webhook[]): ShardResult[] =>
    seeds.map((seed) =>
      simulateShard({
        ...FREE,
        webhooks,
        policy,
        slots: concurrency,
        until: seconds,
        from: seconds / 4,
        seed: seed + 1000 * concurrency,
      }),
    );
  const single = run(FIFO, [one]).map(({ ages }) => ages.quiet);
  const { waited, mean, p99 } = erlang(concurrency, load, ATTEMPT);
  const name = `${concurrency} ${concurrency === 1 ? "slot" : "slots"}, ${load * 100} % busy`;
  const rows: Checked[] = [
    { name: `${name}: part that waits`, simulated: single.map((ages) => ages.waited), theory: waited },
    { name: "  mean wait, s", simulated: single.map((ages) => ages.mean), theory: mean },
    { name: "  p99 of waits, s", simulated: single.map((ages) => ages.quantile(0.99)), theory: p99 },
    // Whoever goes first, the slots are as busy, and all together wait as long.
    {
      name: "  mean wait, s, 50 accounts by turns",
      simulated: run(FAIR, many).map(({ ages }) => ages.quiet.mean),
      theory: mean,
    },
  ];
  return rows.map(rowOf);
}

const FREE = { workers: 1, claim: 0 } as const;

function againstMaxMin(seeds: readonly number[]): string[][] {
  const asked = [0.2, 0.6, 1.2];
  const concurrency = 64;
  const webhooks = asked.map((part, account): Webhook => {
    return { account, kind: "quiet", rate: (part * concurrency) / ATTEMPT, concurrency };
  });
  const runs = seeds.map((seed) =>
    simulateShard({ ...FREE, webhooks, policy: FAIR, slots: concurrency, from: 20, until: 80, seed }),
  );
  return maxMin(asked).map((theory, account) => {
    const simulated = runs.map(({ shares }) => shares.get(account) ?? 0);
    return rowOf({ name: `who asks for ${(asked[account] ?? 0) * 100} %`, simulated, theory });
  });
}

function rowOf({ name, simulated, theory }: Checked): string[] {
  const count = simulated.length;
  const mean = simulated.reduce((sum, value) => sum + value, 0) / count;
  const variance = simulated.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const error = Math.sqrt(variance / count);
  const off = `${((mean / theory - 1) * 100).toFixed(2)} %`;
  const cells = [mean, error, theory].map((value) => value.toFixed(5));
  return [name, ...cells, off, formatTargetResult(Math.abs(mean - theory) <= MOST_ERRORS * error)];
}
