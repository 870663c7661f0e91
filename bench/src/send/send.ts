import type { BenchOptions } from "../options.ts";
import { benchClaims } from "./claims.ts";
import { benchFairness } from "./fairness.ts";
import { benchLatency } from "./full-load.ts";
import { benchHanging } from "./hanging-webhook.ts";
import { benchMatching } from "./matching.ts";
import { benchMemory } from "./memory.ts";
import { runParts } from "./parts.ts";
import { benchThroughput } from "./throughput.ts";

const PARTS = {
  throughput: benchThroughput,
  latency: benchLatency,
  memory: benchMemory,
  matching: benchMatching,
  claims: benchClaims,
  fairness: benchFairness,
  hanging: benchHanging,
} as const;

/** Sending: the cost and latency of a delivery, at different sizes of the store. */
export async function benchSend(options: BenchOptions): Promise<void> {
  await runParts(PARTS, options);
}
