import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { median, turnedAbout } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import type { Sink } from "./sink-process.ts";
import { cpuPerDelivery, rateRatio, type Slice, type Started, slice, startSubject } from "./slices.ts";

const WELL = 9;
const SLICE_MS = 300;
const LEAST = 0.9;
const TRUSTED = [0.95, 1.05] as const;
const NAMES = ["9 webhooks", "9 webhooks, again (A/A)", "9 webhooks, and one that hangs"] as const;

/** How fast webhooks are served beside one whose receiver never answers. */
export async function benchHanging({ quick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const rounds = quick ? 5 : 40;
  const started: Started[] = [];
  const slices: Slice[][] = NAMES.map(() => []);
  try {
    for (const [i, name] of NAMES.entries()) {
      const program = await startSubject({
        kind: "heron",
        origin: sink.origin,
        path: join(scratch, `hanging-${i}.db`),
        webhooks: WELL,
        hanging: i === 2,
      });
      started.push({ name, program });
    }
    for (const one of started) await slice(one, sink, quick ? 1000 : 3000);
    for (let round = 0; round < rounds; round++)
      for (const index of turnedAbout(started.length, round))
        slices[index]?.push(await slice(started[index] as Started, sink, SLICE_MS));
  } finally {
    for (const { program } of started) await program.stop();
  }
  print(slices, rounds);
}

function print(slices: readonly (readonly Slice[])[], rounds: number): void {
  const [without = []] = slices;
  const same = rateRatio(slices[1] ?? [], without);
  const trusted = same >= TRUSTED[0] && same <= TRUSTED[1];
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
