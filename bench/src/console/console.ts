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

/** Of the framework's bare JSON route, so much is to be left of it. */
const MIN_RATE_RATIO = 0.5;
/** Outside of these, two copies of one program differ too much for the rest to mean anything. */
const MAX_AA_DEVIATION = [0.95, 1.05] as const;

const SERVERS = [
  ["a bare JSON route", "bare"],
  ["the same again (A/A)", "bare"],
  ["api/track, keeping nothing", "nothing"],
  ["api/track, durable in a file", "file"],
] as const;

/** What Heap's clients post, beside a route of the same framework that reads JSON and answers; and how the list scrolls. */
export async function benchConsole({ isQuick, parts }: BenchOptions): Promise<void> {
  console.log(`${describeMachine()}${isQuick ? ", quick: a trial run, nothing to judge by" : ""}`);
  for (const part of parts.length === 0 ? Object.keys(PARTS) : parts) {
    const run = PARTS[part];
    if (run === undefined)
      throw new Error(`There is no part ${part}, only ${Object.keys(PARTS).join(" and ")}.`);
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
  // By rate: the thread with the file has a processor of its own.
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
    `Events of 300 bytes on ${framework}, 32 connections: ${rounds} rounds of ${SLICE_MS} ms on each, median of ${runs.length} starts [least to most]\nratios are requests answered for one of the bare route's`,
    ["", "CPU us", "per s", "by rate", "", "by CPU", "", "target by rate", ""],
    rows,
  );
}
