import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { type Contender, startContenders, stopContenders } from "../send/contenders.ts";
import type { Sink } from "../send/sink-process.ts";
import { type Run, slice, sliceInTurn } from "../send/slices.ts";
import { Databases, queueRivals, type Rival, storeRivals } from "./contenders.ts";
import type { PostgresServer } from "./server.ts";
import { printThroughput } from "./throughput-table.ts";

/** Who takes part, with a folder and databases of their own. */
type RivalsIn = (origin: string, folder: string, databases: Databases) => readonly Rival[];

type Throughput = (
  options: BenchOptions,
  sink: Sink,
  server: PostgresServer,
  scratch: string,
) => Promise<void>;

/** Deliveries per second from end to end: over PostgreSQL beside a file, and beside queues. */
export const benchThroughput: Throughput = (...given) =>
  compare((...where) => [...storeRivals(...where), ...queueRivals(...where)], ...given);

/** The same of ours alone, which is what one looks at while changing it. */
export const benchStores: Throughput = (...given) => compare(storeRivals, ...given);

async function compare(
  rivalsIn: RivalsIn,
  { quick }: BenchOptions,
  sink: Sink,
  server: PostgresServer,
  scratch: string,
): Promise<void> {
  const starts = quick ? 1 : 2;
  const rounds = quick ? 2 : 5;
  const sliceMs = quick ? 2000 : 4000;
  const runs: Run[] = [];
  let rivals: readonly Rival[] = [];
  let missing: readonly string[] = [];
  for (let start = 0; start < starts; start++) {
    const folder = join(scratch, `start-${start}`);
    await mkdir(folder);
    const databases = new Databases(server, String(start));
    rivals = rivalsIn(sink.origin, folder, databases);
    const contenders = await startContenders(rivals);
    missing = contenders.map((one) => one.missing);
    try {
      await warmUp(contenders, sink, quick ? 1000 : 3000);
      const subjects = contenders.map(({ started }) => started);
      runs.push(await sliceInTurn(subjects, sink, { rounds, sliceMs }));
    } finally {
      await stopContenders(contenders);
    }
  }
  printThroughput(rivals, missing, runs, { rounds, sliceMs });
}

async function warmUp(contenders: readonly Contender[], sink: Sink, ms: number): Promise<void> {
  for (const { started } of contenders) if (started !== null) await slice(started, sink, ms);
}
