import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import type { Sink } from "./sink-process.ts";
import {
  getCpuPerDelivery,
  getRateRatio,
  isTrusted,
  type MeasuredTarget,
  measureSlice,
  measureSlicesInterleaved,
  type Slice,
  startCompetitorProgram,
} from "./slices.ts";

const HEALTHY_WEBHOOKS = 9;
const SLICE_MS = 300;
const MIN_RATIO = 0.9;
const NAMES = ["9 webhooks", "9 webhooks, again (A/A)", "9 webhooks, and one that hangs"] as const;

/** The rate of deliveries beside a webhook whose receiver never responds. */
export async function benchHanging({ isQuick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const rounds = isQuick ? 5 : 40;
  const started: MeasuredTarget[] = [];
  try {
    for (const [i, name] of NAMES.entries()) {
      const program = await startCompetitorProgram({
        kind: "heron",
        origin: sink.origin,
        path: join(scratch, `hanging-${i}.db`),
        webhooks: HEALTHY_WEBHOOKS,
        hasHangingWebhook: i === 2,
      });
      started.push({ name, programs: [program] });
    }
    for (const target of started) await measureSlice(target, sink, isQuick ? 1000 : 3000);
    print(await measureSlicesInterleaved(started, sink, { rounds, sliceMs: SLICE_MS }), rounds);
  } finally {
    for (const { programs } of started) for (const program of programs) await program.stop();
  }
}

function print(slices: readonly (readonly Slice[])[], rounds: number): void {
  const [without = []] = slices;
  const same = getRateRatio(slices[1] ?? [], without);
  const trusted = isTrusted(same);
  const rows = slices.map((own, index) => {
    const ratio = getRateRatio(own, without);
    const judged = trusted ? formatTargetResult(ratio >= MIN_RATIO) : "not judged: A/A is off";
    return [
      NAMES[index] ?? "",
      String(Math.round(median(own.map(({ perSecond }) => perSecond)))),
      getCpuPerDelivery(own).toFixed(1),
      ...(index === 0
        ? ["", "", ""]
        : [ratio.toFixed(3), ...(index === 2 ? [`>= ${MIN_RATIO}`, judged] : ["", ""])]),
    ];
  });
  printTable(
    `Deliveries beside a receiver that hangs: ${rounds} rounds of ${SLICE_MS} ms`,
    ["", "per s", "CPU us", "by rate", "target", ""],
    rows,
  );
}
