import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { BenchOptions } from "../options.ts";
import { formatTargetResult, printTable } from "../table.ts";
import type { ProgramFigures, Spread } from "./delivery-program.ts";
import { startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";
import { startCompetitorProgram, waitUntilIdle } from "./slices.ts";
import { getTimeSpread } from "./spread.ts";

const MAX_EMIT_P99_MS = 15;
const MAX_LOOP_P99_MS = 10;
const MAX_LATENCY_MS = { p50: 10, p99: 50 } as const;

/** Runs Heron at full load for a minute, and measures how long callers and receivers wait. */
export async function benchLatency({ isQuick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const samples = await runAtFullLoad(
    sink,
    scratch,
    isQuick ? 1 : 6,
    isQuick ? 4000 : 10_000,
    isQuick ? 1000 : 5000,
  );
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return;
  if (!isQuick) printByTime(samples);
  const perSecond = ((last.delivered - first.delivered) / (last.at - first.at)) * 1000;
  const half = Math.round(perSecond / 2);
  const times = await runAtPace(sink, scratch, half, isQuick ? 4 : 20);
  const received = getTimeSpread(times);
  const emits = last.emits ?? getTimeSpread([]);
  printTable(
    `Latency in ms: at full load (${Math.round(perSecond)} per s, 200 callers), and at half load (${half} per s)`,
    ["", "p50", "p99", "max", "target", ""],
    [
      [
        "emit, at full load",
        ...formatSpread(emits),
        `p99 <= ${MAX_EMIT_P99_MS}`,
        formatTargetResult(emits.p99 <= MAX_EMIT_P99_MS),
      ],
      [
        "event loop delay, at full load",
        ...formatSpread(last.loopDelay),
        `p99 <= ${MAX_LOOP_P99_MS}`,
        formatTargetResult(last.loopDelay.p99 <= MAX_LOOP_P99_MS),
      ],
      [
        "due to be emitted -> received, at half load",
        ...formatSpread(received),
        `p50 <= ${MAX_LATENCY_MS.p50}, p99 <= ${MAX_LATENCY_MS.p99}`,
        formatTargetResult(received.p50 <= MAX_LATENCY_MS.p50 && received.p99 <= MAX_LATENCY_MS.p99),
      ],
    ],
  );
}

/** Returns its figures at the start and after each interval. */
async function runAtFullLoad(
  sink: Sink,
  scratch: string,
  intervals: number,
  intervalMs: number,
  warmUpMs: number,
): Promise<readonly ProgramFigures[]> {
  const program = await startCompetitorProgram({
    kind: "heron",
    origin: sink.origin,
    path: join(scratch, "full-load.db"),
  });
  try {
    await program.ask("start");
    await after(warmUpMs);
    await program.ask("reset-delay");
    const samples = [await program.ask<ProgramFigures>("figures")];
    for (let i = 0; i < intervals; i++) {
      await after(intervalMs);
      samples.push(await program.ask<ProgramFigures>("figures"));
    }
    await waitUntilIdle([program]);
    return samples;
  } finally {
    await program.stop();
  }
}

/** Measures the time from emit to receiver at a constant rate. */
async function runAtPace(
  sink: Sink,
  scratch: string,
  perSecond: number,
  seconds: number,
): Promise<readonly number[]> {
  const program = await startProgram(new URL("./programs/paced-program.ts", import.meta.url), {
    origin: sink.origin,
    path: join(scratch, "pace.db"),
  });
  const emitAtRate = async (forSeconds: number): Promise<readonly number[]> => {
    await program.ask("emitAtRate", { perSecond, seconds: forSeconds }, forSeconds * 1000 + 60_000);
    return sink.takeTimes();
  };
  try {
    await emitAtRate(2);
    return await emitAtRate(seconds);
  } finally {
    await program.stop();
  }
}

function printByTime(samples: readonly ProgramFigures[]): void {
  const rows = samples.slice(1).map((sample, i) => {
    const before = samples[i] as ProgramFigures;
    const delivered = sample.delivered - before.delivered;
    return [
      `${Math.round((sample.at - (samples[0] as ProgramFigures).at) / 1000)} s`,
      String(Math.round((delivered / (sample.at - before.at)) * 1000)),
      ((sample.cpuMicroseconds - before.cpuMicroseconds) / delivered).toFixed(1),
    ];
  });
  printTable("heron at full load", ["until", "per s", "CPU us"], rows);
}

function formatSpread({ p50, p99, max }: Spread): readonly string[] {
  return [p50, p99, max].map((ms) => ms.toFixed(2));
}
