import { describeMachine } from "../machine.ts";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import {
  formatNumber,
  formatSpread,
  getCpuRatio,
  getRate,
  getRateRatio,
  type MeasuredServer,
  measureServers,
  medianOf,
  type Run,
  SLICE_MS,
} from "../server/side-by-side.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { benchScroll } from "./scroll.ts";
import { createTrackRequests } from "./track-requests.ts";

/** Minimum throughput relative to a bare JSON route of the same framework. */
const MIN_RATE_RATIO = 0.5;
/** Beyond these ratios of two identical servers, results are not judged. */
const MAX_AA_DEVIATION = [0.95, 1.05] as const;

const SERVERS = [
  ["a bare JSON route", "bare"],
  ["the same route again (A/A)", "bare"],
  ["api/track, discarding events", "nothing"],
  ["api/track, stored in SQLite", "file"],
] as const;

/** Compares the Heap-compatible API with a bare JSON route, and measures scrolling of the delivery list. */
export async function benchConsole({ isQuick, parts }: BenchOptions): Promise<void> {
  console.log(`${describeMachine()}${isQuick ? ", quick: a trial run without judgement" : ""}`);
  for (const part of parts.length === 0 ? Object.keys(PARTS) : parts) {
    const run = PARTS[part];
    if (run === undefined) throw new Error(`No such part: ${part}. Parts: ${Object.keys(PARTS).join(", ")}.`);
    await run({ isQuick, parts });
  }
}

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  track: benchTrack,
  scroll: benchScroll,
};

async function benchTrack({ isQuick }: BenchOptions): Promise<void> {
  const [restarts, rounds] = isQuick ? [1, 10] : [3, 60];
  for (const framework of ["express", "fastify"]) {
    const servers: readonly MeasuredServer[] = SERVERS.map(([, program]) => ({
      program: new URL(`./servers/${framework}-${program}.ts`, import.meta.url),
      requests: createTrackRequests("/heron/api/track"),
    }));
    const runs: Run[][] = [];
    for (let restart = 0; restart < restarts; restart++) runs.push(await measureServers(servers, rounds));
    print(framework, runs, rounds);
  }
}

function print(framework: string, runs: readonly (readonly Run[])[], rounds: number): void {
  // Judged by rate, because the SQLite thread can use another core.
  const rate = SERVERS.map((_, index) => runs.map((run) => getRateRatio(run[index], run[0])));
  const cpu = SERVERS.map((_, index) => runs.map((run) => getCpuRatio(run[index], run[0])));
  const same = medianOf(rate[1] ?? []) ?? Number.NaN;
  const isTrusted = same >= MAX_AA_DEVIATION[0] && same <= MAX_AA_DEVIATION[1];
  const rows = SERVERS.map(([name, program], index) => [
    name,
    formatNumber(medianOf(runs.map((run) => run[index]?.cpuMicroseconds ?? null)), 1),
    String(Math.round(median(runs.map((run) => median((run[index]?.slices ?? []).map(getRate)))))),
    ...(index === 0
      ? ["", "", "", ""]
      : [...formatSpread(rate[index] ?? []), ...formatSpread(cpu[index] ?? [])]),
    ...(program === "nothing"
      ? [
          `>= ${MIN_RATE_RATIO}`,
          isTrusted
            ? formatTargetResult((medianOf(rate[index] ?? []) ?? 0) >= MIN_RATE_RATIO)
            : "not judged: A/A is off",
        ]
      : ["", ""]),
  ]);
  printTable(
    `Events of 300 bytes on ${framework}, 32 connections: ${rounds} rounds of ${SLICE_MS} ms on each, median of ${runs.length} starts [min to max]\nratios are relative to the bare route`,
    ["", "CPU us", "per s", "by rate", "", "by CPU", "", "target by rate", ""],
    rows,
  );
}
