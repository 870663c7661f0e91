import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { type StartedCompetitor, startCompetitors, stopCompetitors } from "../send/competitors.ts";
import type { Sink } from "../send/sink-process.ts";
import { type Run, measureSlice, measureSlicesInTurns } from "../send/slices.ts";
import { CompetitorDatabases, listQueueCompetitors, type StoreCompetitor, listStoreCompetitors } from "./competitors.ts";
import type { PostgresServer } from "./server.ts";
import { printThroughput } from "./throughput-table.ts";

/** Who takes part, with a folder and databases of their own. */
type ListCompetitors = (origin: string, folder: string, databases: CompetitorDatabases) => readonly StoreCompetitor[];

type Throughput = (
  options: BenchOptions,
  sink: Sink,
  server: PostgresServer,
  scratch: string,
) => Promise<void>;

/** Deliveries per second from end to end: over PostgreSQL beside a file, and beside queues. */
export const benchThroughput: Throughput = (...given) =>
  compareCompetitors((...where) => [...listStoreCompetitors(...where), ...listQueueCompetitors(...where)], ...given);

/** The same of ours alone, which is what one looks at while changing it. */
export const benchStores: Throughput = (...given) => compareCompetitors(listStoreCompetitors, ...given);

async function compareCompetitors(
  listCompetitors: ListCompetitors,
  { isQuick }: BenchOptions,
  sink: Sink,
  server: PostgresServer,
  scratch: string,
): Promise<void> {
  const starts = isQuick ? 1 : 2;
  const rounds = isQuick ? 2 : 5;
  const sliceMs = isQuick ? 2000 : 4000;
  const runs: Run[] = [];
  let competitors: readonly StoreCompetitor[] = [];
  let missing: readonly string[] = [];
  for (let start = 0; start < starts; start++) {
    const folder = join(scratch, `start-${start}`);
    await mkdir(folder);
    const databases = new CompetitorDatabases(server, String(start));
    competitors = listCompetitors(sink.origin, folder, databases);
    const contenders = await startCompetitors(competitors);
    missing = contenders.map((competitor) => competitor.unavailableReason);
    try {
      await warmUp(contenders, sink, isQuick ? 1000 : 3000);
      const subjects = contenders.map(({ target }) => target);
      runs.push(await measureSlicesInTurns(subjects, sink, { rounds, sliceMs }));
    } finally {
      await stopCompetitors(contenders);
    }
  }
  printThroughput(competitors, missing, runs, { rounds, sliceMs });
}

async function warmUp(contenders: readonly StartedCompetitor[], sink: Sink, ms: number): Promise<void> {
  for (const { target } of contenders) if (target !== null) await measureSlice(target, sink, ms);
}
