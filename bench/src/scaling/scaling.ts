import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { BenchOptions } from "../options.ts";
import { figure } from "./figure.ts";
import { compareImbalance } from "./imbalance.ts";
import { compareTroubles, sweepClaims, sweepNoise } from "./noisy.ts";
import { reckon } from "./reckon.ts";
import { compareShards } from "./shards.ts";
import { validate } from "./validate.ts";

const FIGURE = fileURLToPath(new URL("../../../docs/scaling.svg", import.meta.url));

/**
 * Reckons what many events come to, and simulates who waits, and for how long, on one shard and on many: the same at each
 * run, since nothing of this machine is measured.
 */
export async function scaling(options: BenchOptions): Promise<void> {
  if (options.isQuick) console.log("quick: a trial run, nothing to judge by");
  reckon();
  validate(options);
  const noise = sweepNoise(options);
  compareTroubles(options);
  sweepClaims(options);
  compareShards(options);
  const imbalances = compareImbalance(options);
  if (options.isQuick) return;
  await writeFile(FIGURE, figure(noise, imbalances));
  console.log(`\nwritten: ${FIGURE}`);
}
