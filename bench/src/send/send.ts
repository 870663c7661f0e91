import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machine } from "../machine.ts";
import type { BenchOptions } from "../options.ts";
import { benchClaims } from "./claims.ts";
import { benchFairness } from "./fairness.ts";
import { benchLatency } from "./full-load.ts";
import { benchHanging } from "./hanging.ts";
import { benchMatching } from "./matching.ts";
import { benchMemory } from "./memory.ts";
import { type Sink, startSink } from "./sink-process.ts";
import { benchThroughput } from "./throughput.ts";

type Part = (options: BenchOptions, sink: Sink, scratch: string) => Promise<void>;

const PARTS: readonly Part[] = [
  benchThroughput,
  benchLatency,
  benchMemory,
  benchMatching,
  benchClaims,
  benchFairness,
  benchHanging,
];

/** The sending side: what a delivery costs, how long it takes, and that neither depends on what else is kept. */
export async function send(options: BenchOptions): Promise<void> {
  console.log(`${machine()}${options.quick ? ", quick: a trial run, nothing to judge by" : ""}`);
  // So that what is done at the end is done then too.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  for (const part of PARTS) {
    const scratch = await mkdtemp(join(tmpdir(), "heron-bench-"));
    const remove = (): void => rmSync(scratch, { recursive: true, force: true });
    process.once("exit", remove);
    const sink = await startSink();
    try {
      await part(options, sink, scratch);
    } finally {
      await sink.stop();
      remove();
      process.removeListener("exit", remove);
    }
  }
}
