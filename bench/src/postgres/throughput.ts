import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { type StartedCompetitor, startCompetitors, stopCompetitors } from "../send/competitors.ts";
import type { Sink } from "../send/sink-process.ts";
import { measureSlice, measureSlicesInterleaved, type Run } from "../send/slices.ts";
import {
  CompetitorDatabases,
  listQueueCompetitors,
  listStoreCompetitors,
  type StoreCompetitor,
} from "./competitors.ts";
import type { PostgresServer } from "./server.ts";
import { printThroughput } from "./throughput-table.ts";

type ListCompetitors = (
  origin: string,
  folder: string,
  databases: CompetitorDatabases,
) => readonly StoreCompetitor[];

type Throughput = (
  options: BenchOptions,
  sink: Sink,
  server: PostgresServer,
  scratch: string,
) => Promise<void>;

/** End-to-end deliveries per second on PostgreSQL, compared with SQLite and with queues. */
export const benchThroughput: Throughput = (...given) =>
  compareCompetitors(
    (...resources) => [...listStoreCompetitors(...resources), ...listQueueCompetitors(...resources)],
    ...given,
  );

/** The same for our stores only, to check a change quickly. */
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
    const started = await startCompetitors(competitors);
    missing = started.map((competitor) => competitor.unavailableReason);
    try {
      await warmUp(started, sink, isQuick ? 1000 : 3000);
      const targets = started.map(({ target }) => target);
      runs.push(await measureSlicesInterleaved(targets, sink, { rounds, sliceMs }));
    } finally {
      await stopCompetitors(started);
    }
  }
  printThroughput(competitors, missing, runs, { rounds, sliceMs });
}

async function warmUp(competitors: readonly StartedCompetitor[], sink: Sink, ms: number): Promise<void> {
  for (const { target } of competitors) if (target !== null) await measureSlice(target, sink, ms);
}
