import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { BenchOptions } from "../options.ts";
import { printTable, verdict } from "../table.ts";
import { startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";
import { rest, startSubject } from "./slices.ts";
import { spreadOfTimes } from "./spread.ts";
import type { Figures, Spread } from "./subject.ts";

const MOST_EMIT_P99 = 15;
const MOST_LOOP_P99 = 10;
const MOST_RECEIVED = { p50: 10, p99: 50 } as const;

/** Heron for a minute as fast as it can, and how long callers and receivers wait. */
export async function benchLatency({ quick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const looks = await atFullLoad(sink, scratch, quick ? 1 : 6, quick ? 4000 : 10_000, quick ? 1000 : 5000);
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined) return;
  if (!quick) printByTime(looks);
  const perSecond = ((last.delivered - first.delivered) / (last.at - first.at)) * 1000;
  const half = Math.round(perSecond / 2);
  const times = await atPace(sink, scratch, half, quick ? 4 : 20);
  const received = spreadOfTimes(times);
  const emits = last.emits ?? spreadOfTimes([]);
  printTable(
    `How long one waits, in ms: at full load (${Math.round(perSecond)} per s, 200 callers), and at half of that (${half} per s)`,
    ["", "p50", "p99", "most", "target", ""],
    [
      ["emit, at full load", ...shown(emits), `p99 <= ${MOST_EMIT_P99}`, verdict(emits.p99 <= MOST_EMIT_P99)],
      [
        "event loop late, at full load",
        ...shown(last.loopDelay),
        `p99 <= ${MOST_LOOP_P99}`,
        verdict(last.loopDelay.p99 <= MOST_LOOP_P99),
      ],
      [
        "due to be emitted -> received, at half",
        ...shown(received),
        `p50 <= ${MOST_RECEIVED.p50}, p99 <= ${MOST_RECEIVED.p99}`,
        verdict(received.p50 <= MOST_RECEIVED.p50 && received.p99 <= MOST_RECEIVED.p99),
      ],
    ],
  );
}

/** What it says of itself at the beginning, and after each of the stretches. */
async function atFullLoad(
  sink: Sink,
  scratch: string,
  stretches: number,
  stretchMs: number,
  warmUpMs: number,
): Promise<readonly Figures[]> {
  const program = await startSubject({
    kind: "heron",
    origin: sink.origin,
    path: join(scratch, "full-load.db"),
  });
  try {
    await program.ask("begin");
    await after(warmUpMs);
    await program.ask("forget");
    const looks = [await program.ask<Figures>("look")];
    for (let i = 0; i < stretches; i++) {
      await after(stretchMs);
      looks.push(await program.ask<Figures>("look"));
    }
    await rest([program]);
    return looks;
  } finally {
    await program.stop();
  }
}

/** How long each event took to its receiver when so many are emitted each second. */
async function atPace(
  sink: Sink,
  scratch: string,
  perSecond: number,
  seconds: number,
): Promise<readonly number[]> {
  const program = await startProgram(new URL("./subjects/paced-program.ts", import.meta.url), {
    origin: sink.origin,
    path: join(scratch, "pace.db"),
  });
  const pace = async (forSeconds: number): Promise<readonly number[]> => {
    await program.ask("pace", { perSecond, seconds: forSeconds }, forSeconds * 1000 + 60_000);
    return sink.times();
  };
  try {
    await pace(2);
    return await pace(seconds);
  } finally {
    await program.stop();
  }
}

function printByTime(looks: readonly Figures[]): void {
  const rows = looks.slice(1).map((look, i) => {
    const before = looks[i] as Figures;
    const delivered = look.delivered - before.delivered;
    return [
      `${Math.round((look.at - (looks[0] as Figures).at) / 1000)} s`,
      String(Math.round((delivered / (look.at - before.at)) * 1000)),
      ((look.cpuMicroseconds - before.cpuMicroseconds) / delivered).toFixed(1),
    ];
  });
  printTable("heron as fast as it can, without a rest", ["until", "per s", "CPU us"], rows);
}

function shown({ p50, p99, most }: Spread): readonly string[] {
  return [p50, p99, most].map((ms) => ms.toFixed(2));
}
