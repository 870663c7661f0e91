import type { BenchOptions } from "../options.ts";
import { printTable } from "../table.ts";
import { ATTEMPT, hangingWebhooks, noisyWebhooks, quietWebhooks, zipf } from "./population.ts";
import {
  FAIR,
  FAIR_CIRCUIT,
  FIFO,
  FIFO_LIMITED,
  type Policy,
  type ShardResult,
  simulateShard,
} from "./shard.ts";
import { part, seconds } from "./shown.ts";

/** One database: two processes, whose claims take 4 ms each where nothing else is said. */
const WORKERS = 2;
const SLOTS = 128;
export const CLAIM = 0.004;
/** What the shard delivers, a second, if no slot is ever free. */
const CAPACITY = (WORKERS * SLOTS) / ATTEMPT;
const ACCOUNTS = 1000;
const QUIET_LOAD = 0.5;
const LOADS = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2] as const;
const NOISY = ACCOUNTS;
const FIRST_HANGING = ACCOUNTS + 1;
/** Webhooks that hang, and the part of what the shard delivers that is for them. */
const HANGING = 5;
const HANGING_LOAD = 0.02;

/** How long quiet accounts wait beside a noisy one, by all that is asked for: 1 is all that the shard can do. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly load: number; readonly p99: number }[];
}

/** A thousand quiet accounts use half of a shard, and one noisy account asks for more and more beside them. */
export function sweepNoise(options: BenchOptions): Curve[] {
  const policies = [FIFO, FAIR];
  const results = policies.map((policy) =>
    LOADS.map((load) => run(options, policy, { noisy: load - QUIET_LOAD, hangs: false })),
  );
  printTable(
    `One shard of ${WORKERS * SLOTS} slots; ${ACCOUNTS} quiet accounts ask for ${part(QUIET_LOAD)} of it, a noisy one for the rest of the load`,
    ["load", ...policies.flatMap(({ name }) => [`${name}: quiet p50`, "p99", "noisy p99"]), "busy"],
    LOADS.map((load, i) => [
      part(load),
      ...results.flatMap((own) => cellsOf(own[i] as ShardResult)),
      part(busyOf(results[1]?.[i] as ShardResult)),
    ]),
  );
  return policies.map(({ name }, k) => ({
    name,
    points: LOADS.map((load, i) => ({ load, p99: results[k]?.[i]?.ages.quiet.quantile(0.99) ?? 0 })),
  }));
}

/** What each rule does about each kind of trouble. */
export function compareTroubles(options: BenchOptions): void {
  const troubles = [
    { name: "none", noisy: 0, hangs: false },
    { name: "a noisy account", noisy: 0.7, hangs: false },
    { name: `${HANGING} webhooks hang`, noisy: 0, hangs: true },
    { name: "both", noisy: 0.7, hangs: true },
  ];
  const policies = [FIFO, FIFO_LIMITED, FAIR, FAIR_CIRCUIT];
  const rows = troubles.flatMap((trouble) =>
    policies.map((policy, i) => {
      const result = run(options, policy, trouble);
      const hung = [...result.shares].reduce(
        (sum, [account, share]) => sum + (account >= FIRST_HANGING ? share : 0),
        0,
      );
      return [
        `${i === 0 ? trouble.name : ""}`,
        policy.name,
        ...cellsOf(result),
        part(busyOf(result)),
        part(hung),
      ];
    }),
  );
  printTable(
    `The same shard: the noisy account asks for 70 % of it, ${HANGING} webhooks that never answer are sent ${part(HANGING_LOAD)} of what it can do`,
    ["trouble", "claimed", "quiet p50", "p99", "noisy p99", "slots busy", "of it hung"],
    rows,
  );
}

/** What it costs that a process makes one claim at a time: slots that became free wait for it. */
export function sweepClaims(options: BenchOptions): void {
  const rows = [0.001, 0.004, 0.016, 0.064, 0.128].map((claim) => {
    const calm = run(options, FAIR, { noisy: 0.3, hangs: false, claim });
    const full = run(options, FAIR, { noisy: 0.7, hangs: false, claim });
    return [seconds(claim), ...cellsOf(calm), ...cellsOf(full).slice(0, 2), part(busyOf(full))];
  });
  printTable(
    "The same shard by what a claim takes, claimed by turns: asked for 80 % of what it can do, and for 120 %",
    ["a claim takes", "80 %: quiet p50", "p99", "noisy p99", "120 %: quiet p50", "p99", "slots busy"],
    rows,
  );
}

interface Trouble {
  readonly noisy: number;
  readonly hangs: boolean;
  readonly claim?: number;
}

function run({ isQuick }: BenchOptions, policy: Policy, { noisy, hangs, claim = CLAIM }: Trouble): ShardResult {
  const webhooks = quietWebhooks(zipf(ACCOUNTS, 1), QUIET_LOAD * CAPACITY);
  if (noisy > 0) webhooks.push(...noisyWebhooks(NOISY, noisy * CAPACITY));
  if (hangs) webhooks.push(...hangingWebhooks(FIRST_HANGING, HANGING, HANGING_LOAD * CAPACITY));
  const from = isQuick ? 20 : 60;
  return simulateShard({
    webhooks,
    policy,
    workers: WORKERS,
    slots: SLOTS,
    claim,
    from,
    until: from + (isQuick ? 20 : 120),
    seed: 1,
  });
}

function cellsOf({ ages: { quiet, noisy } }: ShardResult): string[] {
  return [quiet.quantile(0.5), quiet.quantile(0.99), noisy.quantile(0.99)].map(seconds);
}

function busyOf({ shares }: ShardResult): number {
  return [...shares.values()].reduce((sum, share) => sum + share, 0);
}
