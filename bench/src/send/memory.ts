import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { createFilledFile } from "./filled-file.ts";
import { bundlePrograms } from "./memory/bundle.ts";
import { startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";

const MAX_IDLE_MB = 10;
const PENDING = 1_000_000;

/** Resident memory, in megabytes. */
interface ResidentMemory {
  readonly found: number;
  /** After a garbage collection. */
  readonly collected: number;
}

/** The memory of an idle sender, and of one with a large backlog. */
export async function benchMemory({ isQuick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const starts = isQuick ? 3 : 9;
  const programs = await bundlePrograms(join(scratch, "bundled"));
  const [bare, idle]: [ResidentMemory[], ResidentMemory[]] = [[], []];
  for (let start = 0; start < starts; start++) {
    bare.push(await measureResident(programs.bare, { path: join(scratch, `bare-${start}.db`) }));
    idle.push(await measureResident(programs.idle, { path: join(scratch, `idle-${start}.db`) }));
  }
  const full = join(scratch, "million.db");
  await createFilledFile(full, {
    accounts: 100,
    webhooksPerAccount: 10,
    url: `${sink.origin}/`,
    topic: "end_user.*",
    pending: PENDING,
    disabled: true,
  });
  const { origin } = sink;
  const events = isQuick ? 5000 : 20_000;
  const empty = await measureResident(programs.delivering, {
    path: join(scratch, "empty.db"),
    origin,
    events,
  });
  const owing = await measureResident(programs.delivering, { path: full, origin, events });
  print({ bare, idle, empty, owing, events });
}

async function measureResident(file: string, options: unknown): Promise<ResidentMemory> {
  const program = await startProgram(file, options, { execArgv: ["--expose-gc"] });
  try {
    return await program.ask<ResidentMemory>("resident");
  } finally {
    await program.stop();
  }
}

function print(measured: {
  readonly bare: readonly ResidentMemory[];
  readonly idle: readonly ResidentMemory[];
  readonly empty: ResidentMemory;
  readonly owing: ResidentMemory;
  readonly events: number;
}): void {
  const { bare, idle, empty, owing, events } = measured;
  const getMedian = (measurements: readonly ResidentMemory[], which: keyof ResidentMemory): number =>
    median(measurements.map((measurement) => measurement[which]));
  const subtract = getMedian(idle, "collected") - getMedian(bare, "collected");
  const row = (name: string, found: number, collected: number): string[] => [
    name,
    found.toFixed(1),
    collected.toFixed(1),
  ];
  printTable(
    `Resident memory in MB: bundled, median of ${idle.length} starts; delivering is one start, after ${events} events`,
    ["", "as found", "collected", "more", "target", ""],
    [
      row(
        "bare: undici, and node:sqlite in a thread",
        getMedian(bare, "found"),
        getMedian(bare, "collected"),
      ),
      [
        ...row("a sender on an empty file", getMedian(idle, "found"), getMedian(idle, "collected")),
        subtract.toFixed(1),
        `<= ${MAX_IDLE_MB}`,
        formatTargetResult(subtract <= MAX_IDLE_MB),
      ],
      row("a sender that delivers, no backlog", empty.found, empty.collected),
      [
        ...row(
          `the same, ${PENDING.toLocaleString("en")} pending of disabled accounts`,
          owing.found,
          owing.collected,
        ),
        (owing.collected - empty.collected).toFixed(1),
      ],
    ],
  );
}
