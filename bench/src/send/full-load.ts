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

/** Heron for a minute as fast as it can, and how long callers and receivers wait. */
export async function benchLatency({ isQuick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const looks = await runAtFullLoad(
    sink,
    scratch,
    isQuick ? 1 : 6,
    isQuick ? 4000 : 10_000,
    isQuick ? 1000 : 5000,
  );
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined) return;
  if (!isQuick) printByTime(looks);
  const perSecond = ((last.delivered - first.delivered) / (last.at - first.at)) * 1000;
  const half = Math.round(perSecond / 2);
  const times = await runAtPace(sink, scratch, half, isQuick ? 4 : 20);
  const received = getTimeSpread(times);
  const emits = last.emits ?? getTimeSpread([]);
  printTable(
    `How long one waits, in ms: at full load (${Math.round(perSecond)} per s, 200 callers), and at half of that (${half} per s)`,
    ["", "p50", "p99", "most", "target", ""],
    [
      [
        "emit, at full load",
        ...formatSpread(emits),
        `p99 <= ${MAX_EMIT_P99_MS}`,
        formatTargetResult(emits.p99 <= MAX_EMIT_P99_MS),
      ],
      [
        "event loop late, at full load",
        ...formatSpread(last.loopDelay),
        `p99 <= ${MAX_LOOP_P99_MS}`,
        formatTargetResult(last.loopDelay.p99 <= MAX_LOOP_P99_MS),
      ],
      [
        "due to be emitted -> received, at half",
        ...formatSpread(received),
        `p50 <= ${MAX_LATENCY_MS.p50}, p99 <= ${MAX_LATENCY_MS.p99}`,
        formatTargetResult(received.p50 <= MAX_LATENCY_MS.p50 && received.p99 <= MAX_LATENCY_MS.p99),
      ],
    ],
  );
}

/** What it says of itself at the beginning, and after each of the stretches. */
async function runAtFullLoad(
  sink: Sink,
  scratch: string,
  stretches: number,
  stretchMs: number,
  warmUpMs: number,
): Promise<readonly ProgramFigures[]> {
  const program = await startCompetitorProgram({
    kind: "heron",
    origin: sink.origin,
    path: join(scratch, "full-load.db"),
  });
  try {
    await program.ask("begin");
    await after(warmUpMs);
    await program.ask("forget");
    const looks = [await program.ask<ProgramFigures>("look")];
    for (let i = 0; i < stretches; i++) {
      await after(stretchMs);
      looks.push(await program.ask<ProgramFigures>("look"));
    }
    await waitUntilIdle([program]);
    return looks;
  } finally {
    await program.stop();
  }
}

/** How long each event took to its receiver when so many are emitted each second. */
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
  const pace = async (forSeconds: number): Promise<readonly number[]> => {
    await program.ask("pace", { perSecond, seconds: forSeconds }, forSeconds * 1000 + 60_000);
    return sink.takeTimes();
  };
  try {
    await pace(2);
    return await pace(seconds);
  } finally {
    await program.stop();
  }
}

function printByTime(looks: readonly ProgramFigures[]): void {
  const rows = looks.slice(1).map((look, i) => {
    const before = looks[i] as ProgramFigures;
    const delivered = look.delivered - before.delivered;
    return [
      `${Math.round((look.at - (looks[0] as ProgramFigures).at) / 1000)} s`,
      String(Math.round((delivered / (look.at - before.at)) * 1000)),
      ((look.cpuMicroseconds - before.cpuMicroseconds) / delivered).toFixed(1),
    ];
  });
  printTable("heron as fast as it can, without a rest", ["until", "per s", "CPU us"], rows);
}

function formatSpread({ p50, p99, max }: Spread): readonly string[] {
  return [p50, p99, max].map((ms) => ms.toFixed(2));
}
