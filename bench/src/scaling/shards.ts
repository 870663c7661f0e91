import type { BenchOptions } from "../options.ts";
import { printTable } from "../table.ts";
import { Ages } from "./ages.ts";
import { CLAIM } from "./noisy.ts";
import { ATTEMPT, noisyWebhooks, quietWebhooks, shardOf, type Webhook, zipf } from "./population.ts";
import { FAIR, FIFO, type Policy, type ShardResult, simulateShard } from "./shard.ts";
import { part, seconds } from "./shown.ts";

/** The same slots, dealt out over more and more shards, each of which has as many processes. */
const SHARDS = [1, 2, 4, 8, 16] as const;
const ALL_SLOTS = 1024;
const WORKERS = 2;
const CAPACITY = ALL_SLOTS / ATTEMPT;
const ACCOUNTS = 5000;
const QUIET_LOAD = 0.6;
const NOISY_LOAD = 0.1;
const NOISY = ACCOUNTS;
/** Of the others, those with most traffic: the first has a ninth of it. */
const LARGE = 10;

interface Sharded {
  readonly shards: readonly ShardResult[];
  /** What is asked for of each, as a part of what it can do. */
  readonly asked: readonly number[];
  readonly noisy: number;
}

/** What becomes of waits when the same work is dealt out over more shards, by a hash of the account. */
export function compareShards(options: BenchOptions): void {
  const rows = [FIFO, FAIR].flatMap((policy) =>
    SHARDS.map((shards) => rowOf(policy, shards, run(options, policy, shards))),
  );
  printTable(
    `${ALL_SLOTS} slots in all; ${ACCOUNTS} accounts ask for ${part(QUIET_LOAD)} of them, of which the ${LARGE} largest are told apart, and a noisy one for ${part(NOISY_LOAD)}`,
    [
      "claimed",
      "shards",
      "quiet p50",
      "p99",
      "p99 beside noisy",
      "large p99",
      "noisy p50",
      "p99",
      "slots busy",
      "fullest asked for",
      "noisy's shard",
    ],
    rows,
  );
}

function run({ isQuick }: BenchOptions, policy: Policy, shards: number): Sharded {
  const all = [
    ...quietWebhooks(zipf(ACCOUNTS, 1), QUIET_LOAD * CAPACITY, LARGE),
    ...noisyWebhooks(NOISY, NOISY_LOAD * CAPACITY),
  ];
  const dealt: Webhook[][] = Array.from({ length: shards }, () => []);
  for (const webhook of all) dealt[shardOf(webhook.account, shards)]?.push(webhook);
  const from = isQuick ? 10 : 30;
  const slots = ALL_SLOTS / shards / WORKERS;
  const each = { policy, workers: WORKERS, slots, claim: CLAIM, from, until: from + (isQuick ? 15 : 60) };
  return {
    shards: dealt.map((webhooks, i) => simulateShard({ ...each, webhooks, seed: i + 1 })),
    asked: dealt.map((own) => own.reduce((sum, { rate }) => sum + rate, 0) / (CAPACITY / shards)),
    noisy: shardOf(NOISY, shards),
  };
}

function rowOf(policy: Policy, shards: number, { shards: results, asked, noisy }: Sharded): string[] {
  const beside = results[noisy] as ShardResult;
  const all = Ages.of(results.map(({ ages }) => ages.quiet));
  const busy = results.reduce((sum, { shares }) => sum + [...shares.values()].reduce((a, b) => a + b, 0), 0);
  return [
    shards === 1 ? policy.name : "",
    String(shards),
    seconds(all.quantile(0.5)),
    seconds(all.quantile(0.99)),
    seconds(beside.ages.quiet.quantile(0.99)),
    seconds(Ages.of(results.map(({ ages }) => ages.large)).quantile(0.99)),
    seconds(beside.ages.noisy.quantile(0.5)),
    seconds(beside.ages.noisy.quantile(0.99)),
    part(busy / shards),
    part(Math.max(...asked)),
    part(asked[noisy] ?? 0),
  ];
}
