import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { createBullmqCompetitors } from "./bullmq-competitors.ts";
import {
  type CompetitorDefinition,
  type StartedCompetitor,
  startCompetitors,
  stopCompetitors,
} from "./competitors.ts";
import type { Sink } from "./sink-process.ts";
import {
  getCpuPerDelivery,
  getRateRatio,
  isTrusted,
  measureSlice,
  measureSlicesInterleaved,
  type Run,
  type Slice,
} from "./slices.ts";

/**
 * Long enough to measure sustained rates: in a tenth of it, a competitor with a disk has hardly started, and its code is
 * cold after the other slices.
 */
const SLICE_MS = 4000;

/** End-to-end deliveries per second, compared with the limit and with alternatives. */
export async function benchThroughput({ isQuick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const starts = isQuick ? 1 : 2;
  const rounds = isQuick ? 2 : 5;
  const runs: Run[] = [];
  let competitors: readonly StartedCompetitor[] = [];
  for (let start = 0; start < starts; start++) {
    const folder = join(scratch, `throughput-${start}`);
    await mkdir(folder);
    competitors = await startCompetitors(listCompetitors(sink.origin, folder));
    try {
      runs.push(await measureCompetitors(competitors, sink, rounds, isQuick ? 1000 : 3000));
    } finally {
      await stopCompetitors(competitors);
    }
  }
  print(competitors, runs, rounds);
}

async function measureCompetitors(
  competitors: readonly StartedCompetitor[],
  sink: Sink,
  rounds: number,
  warmUpMs: number,
): Promise<Run> {
  for (const { target } of competitors) if (target !== null) await measureSlice(target, sink, warmUpMs);
  return measureSlicesInterleaved(
    competitors.map(({ target }) => target),
    sink,
    { rounds, sliceMs: SLICE_MS },
  );
}

function listCompetitors(origin: string, folder: string): readonly CompetitorDefinition[] {
  return [
    { key: "limit", name: "undici alone (the limit)", minRatio: null, programs: [{ kind: "limit", origin }] },
    {
      key: "again",
      name: "undici alone, again (A/A)",
      minRatio: null,
      programs: [{ kind: "limit", origin }],
    },
    {
      key: "heron",
      name: "heron, each commit synced",
      minRatio: 0.7,
      programs: [{ kind: "heron", origin }],
      prepare: async () => ({ path: join(folder, "heron.db") }),
    },
    ...createBullmqCompetitors(folder, 3, { origin }),
    { key: "p-queue", name: "p-queue, not durable", minRatio: 2, programs: [{ kind: "p-queue", origin }] },
  ];
}

function print(competitors: readonly StartedCompetitor[], runs: readonly Run[], rounds: number): void {
  const getSlices = (index: number, run: Run): readonly Slice[] => run[index] ?? [];
  const getRatios = (
    numerator: number,
    denominator: number,
  ): readonly [rate: readonly number[], cpu: readonly number[]] => [
    runs.map((run) => getRateRatio(getSlices(numerator, run), getSlices(denominator, run))),
    runs.map(
      (run) => getCpuPerDelivery(getSlices(denominator, run)) / getCpuPerDelivery(getSlices(numerator, run)),
    ),
  ];
  const findIndex = (name: string): number => competitors.findIndex((competitor) => competitor.key === name);
  const [limit, heron] = [findIndex("limit"), findIndex("heron")];
  const aaRatio = median(getRatios(findIndex("again"), limit)[0]);
  const isTrustedRun = isTrusted(aaRatio);
  const rows = competitors.map(({ key, name, target, minRatio, unavailableReason }, index) => {
    if (target === null) return [name, unavailableReason];
    const slices = runs.flatMap((run) => getSlices(index, run));
    const figures = [
      String(Math.round(median(slices.map(({ perSecond }) => perSecond)))),
      getCpuPerDelivery(slices).toFixed(1),
      median(slices.map(({ loopP99 }) => loopP99)).toFixed(1),
      String(Math.round(median(slices.map(({ bytes }) => bytes)))),
    ];
    if (key === "limit") return [name, ...figures];
    // Heron and the second limit are compared with the limit, Heron with the others.
    const [rate, cpu] =
      key === "heron" || key === "again" ? getRatios(index, limit) : getRatios(heron, index);
    const targetResult = isTrustedRun
      ? formatTargetResult(median(rate) >= (minRatio ?? 0))
      : "not judged: A/A is off";
    return [
      name,
      ...figures,
      ...formatSpread(rate),
      ...formatSpread(cpu),
      ...(minRatio === null ? ["", ""] : [`>= ${minRatio}`, targetResult]),
    ];
  });
  printTable(
    `From emit to completion: ${rounds} rounds of ${SLICE_MS / 1000} s each, ${runs.length} starts [lowest to highest]\nratios: heron and the second limit by the limit; heron by each of the others. CPU is per delivery and includes Redis`,
    ["", "per s", "CPU us", "loop p99 ms", "bytes", "by rate", "", "by CPU", "", "target by rate", ""],
    rows,
  );
}

function formatSpread(values: readonly number[]): [string, string] {
  return [median(values).toFixed(3), `[${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}]`];
}
