import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import { bullmqEntries } from "./bullmq-entries.ts";
import { type Contender, type Entry, startContenders, stopContenders } from "./contenders.ts";
import type { Sink } from "./sink-process.ts";
import { cpuPerDelivery, isTrusted, type Run, rateRatio, type Slice, slice, sliceInTurn } from "./slices.ts";

/**
 * How long each delivers at a time. What is to be known is what each sustains: in a tenth of that, what has a disk behind
 * it has hardly begun, and its program has not been warm since its last turn.
 */
const SLICE_MS = 4000;

/** Deliveries per second from end to end, beside the limit and beside what one would use instead. */
export async function benchThroughput({ quick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const starts = quick ? 1 : 2;
  const rounds = quick ? 2 : 5;
  const runs: Run[] = [];
  let contenders: readonly Contender[] = [];
  for (let start = 0; start < starts; start++) {
    const folder = join(scratch, `throughput-${start}`);
    await mkdir(folder);
    contenders = await startContenders(entriesOf(sink.origin, folder));
    try {
      runs.push(await measure(contenders, sink, rounds, quick ? 1000 : 3000));
    } finally {
      await stopContenders(contenders);
    }
  }
  print(contenders, runs, rounds);
}

async function measure(
  contenders: readonly Contender[],
  sink: Sink,
  rounds: number,
  warmUpMs: number,
): Promise<Run> {
  for (const { started } of contenders) if (started !== null) await slice(started, sink, warmUpMs);
  return sliceInTurn(
    contenders.map(({ started }) => started),
    sink,
    { rounds, sliceMs: SLICE_MS },
  );
}

function entriesOf(origin: string, folder: string): readonly Entry[] {
  return [
    { key: "limit", name: "undici alone (the limit)", least: null, subjects: [{ kind: "limit", origin }] },
    { key: "again", name: "undici alone, again (A/A)", least: null, subjects: [{ kind: "limit", origin }] },
    {
      key: "heron",
      name: "heron, each commit synced",
      least: 0.7,
      subjects: [{ kind: "heron", origin }],
      prepare: async () => ({ path: join(folder, "heron.db") }),
    },
    ...bullmqEntries(folder, 3, { origin }),
    { key: "p-queue", name: "p-queue, keeps nothing", least: 2, subjects: [{ kind: "p-queue", origin }] },
  ];
}

function print(contenders: readonly Contender[], runs: readonly Run[], rounds: number): void {
  const of = (index: number, run: Run): readonly Slice[] => run[index] ?? [];
  const ratios = (one: number, other: number): readonly [rate: readonly number[], cpu: readonly number[]] => [
    runs.map((run) => rateRatio(of(one, run), of(other, run))),
    runs.map((run) => cpuPerDelivery(of(other, run)) / cpuPerDelivery(of(one, run))),
  ];
  const indexOf = (name: string): number => contenders.findIndex((one) => one.key === name);
  const [limit, heron] = [indexOf("limit"), indexOf("heron")];
  const same = median(ratios(indexOf("again"), limit)[0]);
  const trusted = isTrusted(same);
  const rows = contenders.map(({ key, name, started, least, missing }, index) => {
    if (started === null) return [name, missing];
    const all = runs.flatMap((run) => of(index, run));
    const figures = [
      String(Math.round(median(all.map(({ perSecond }) => perSecond)))),
      cpuPerDelivery(all).toFixed(1),
      median(all.map(({ loopP99 }) => loopP99)).toFixed(1),
      String(Math.round(median(all.map(({ bytes }) => bytes)))),
    ];
    if (key === "limit") return [name, ...figures];
    // Ours and the limit's own double are held against the limit, and the others against ours.
    const [rate, cpu] = key === "heron" || key === "again" ? ratios(index, limit) : ratios(heron, index);
    const judged = trusted ? verdict(median(rate) >= (least ?? 0)) : "not judged: A/A is off";
    return [
      name,
      ...figures,
      ...spread(rate),
      ...spread(cpu),
      ...(least === null ? ["", ""] : [`>= ${least}`, judged]),
    ];
  });
  printTable(
    `From emit to settled: ${rounds} rounds of ${SLICE_MS / 1000} s on each, ${runs.length} starts [least to most]\nratios: heron and the second limit by the limit; heron by each of the others. CPU is a delivery's, Redis's included`,
    ["", "per s", "CPU us", "loop p99 ms", "bytes", "by rate", "", "by CPU", "", "target by rate", ""],
    rows,
  );
}

function spread(values: readonly number[]): [string, string] {
  return [median(values).toFixed(3), `[${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}]`];
}
