import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { printTable } from "../table.ts";
import { Heap } from "./heap.ts";
import { shardOf, zipf } from "./population.ts";
import { fullestOf } from "./theory.ts";

const ACCOUNTS = 100_000;
const SHARDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const;
const BUCKETS = 4096;

/** By the number of shards, how many times the mean the fullest has. */
export interface Imbalance {
  readonly name: string;
  readonly points: readonly { readonly shards: number; readonly times: number }[];
}

/** Says which part of all traffic the fullest shard has. `parts` are those of the accounts. */
type Deal = (parts: Float64Array, shards: number, seed: number) => number;

/** How much more than the mean the fullest shard gets, in the median of many ways to hash. */
export function compareImbalance({ isQuick }: BenchOptions): Imbalance[] {
  const seeds = Array.from({ length: isQuick ? 3 : 25 }, (_, i) => i + 1);
  const curve = (name: string, exponent: number, deal: Deal): Imbalance => {
    const parts = zipf(ACCOUNTS, exponent);
    const times = (shards: number): number => median(seeds.map((seed) => deal(parts, shards, seed))) * shards;
    return { name, points: SHARDS.map((shards) => ({ shards, times: times(shards) })) };
  };
  const curves = [
    curve("all alike", 0, byHash),
    curve("Zipf 0.8", 0.8, byHash),
    curve("Zipf 1.0", 1, byHash),
    curve("Zipf 1.0, by buckets", 1, byBuckets),
  ];
  const largest = zipf(ACCOUNTS, 1)[0] ?? 0;
  printTable(
    `What the fullest shard gets, as a multiple of the mean: ${ACCOUNTS} accounts, the median of ${seeds.length} hashes; buckets are ${BUCKETS} and dealt out by their traffic`,
    ["shards", ...curves.map(({ name }) => name), "theory, all alike", "largest of Zipf 1.0 alone"],
    SHARDS.map((shards, i) => {
      const simulated = curves.map(({ points }) => points[i]?.times ?? 0);
      const times = [...simulated, fullestOf(ACCOUNTS, shards), largest * shards];
      return [String(shards), ...times.map((one) => one.toFixed(3))];
    }),
  );
  return curves;
}

function byHash(parts: Float64Array, shards: number, seed: number): number {
  return Math.max(...hashed(parts, shards, seed));
}

/** Accounts are hashed into buckets, and a table says on which shard a bucket is: those with most first, where least is. */
function byBuckets(parts: Float64Array, shards: number, seed: number): number {
  const buckets = hashed(parts, BUCKETS, seed).sort().reverse();
  const sums = new Float64Array(shards);
  const least = new Heap();
  for (let shard = 0; shard < shards; shard++) least.push(0, shard);
  for (const bucket of buckets) {
    const shard = least.pop();
    sums[shard] = (sums[shard] as number) + bucket;
    least.push(sums[shard] as number, shard);
  }
  return Math.max(...sums);
}

function hashed(parts: Float64Array, into: number, seed: number): Float64Array {
  const sums = new Float64Array(into);
  for (const [account, part] of parts.entries()) {
    const place = shardOf(account, into, seed);
    sums[place] = (sums[place] as number) + part;
  }
  return sums;
}
