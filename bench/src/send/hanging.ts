import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import type { Sink } from "./sink-process.ts";
import {
  cpuPerDelivery,
  isTrusted,
  rateRatio,
  type Slice,
  type Started,
  slice,
  sliceInTurn,
  startSubject,
} from "./slices.ts";

const WELL = 9;
const SLICE_MS = 300;
const LEAST = 0.9;
const NAMES = ["9 webhooks", "9 webhooks, again (A/A)", "9 webhooks, and one that hangs"] as const;

/** How fast webhooks are served beside one whose receiver never answers. */
export async function benchHanging({ quick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const rounds = quick ? 5 : 40;
  const started: Started[] = [];
  try {
    for (const [i, name] of NAMES.entries()) {
      const program = await startSubject({
        kind: "heron",
        origin: sink.origin,
        path: join(scratch, `hanging-${i}.db`),
        webhooks: WELL,
        hanging: i === 2,
      });
      started.push({ name, programs: [program] });
    }
    for (const one of started) await slice(one, sink, quick ? 1000 : 3000);
    print(await sliceInTurn(started, sink, { rounds, sliceMs: SLICE_MS }), rounds);
  } finally {
    for (const { programs } of started) for (const program of programs) await program.stop();
  }
}

function print(slices: readonly (readonly Slice[])[], rounds: number): void {
  const [without = []] = slices;
  const same = rateRatio(slices[1] ?? [], without);
  const trusted = isTrusted(same);
  const rows = slices.map((own, index) => {
    const ratio = rateRatio(own, without);
    const judged = trusted ? verdict(ratio >= LEAST) : "not judged: A/A is off";
    return [
      NAMES[index] ?? "",
      String(Math.round(median(own.map(({ perSecond }) => perSecond)))),
      cpuPerDelivery(own).toFixed(1),
      ...(index === 0
        ? ["", "", ""]
        : [ratio.toFixed(3), ...(index === 2 ? [`>= ${LEAST}`, judged] : ["", ""])]),
    ];
  });
  printTable(
    `Served beside a receiver that hangs: ${rounds} rounds of ${SLICE_MS} ms`,
    ["", "per s", "CPU us", "by rate", "target", ""],
    rows,
  );
}
