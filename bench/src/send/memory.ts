import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import { bundlePrograms } from "./memory/bundle.ts";
import { startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";
import { makeStockedFile } from "./stocked-file.ts";

const MOST_IDLE_MB = 10;
const PENDING = 1_000_000;

/** Resident memory, in megabytes. */
interface Resident {
  /** As it was found. */
  readonly found: number;
  /** After a collection of garbage. */
  readonly collected: number;
}

/** How much memory a sender takes that does nothing, and one that is owed a lot. */
export async function benchMemory({ quick }: BenchOptions, sink: Sink, scratch: string): Promise<void> {
  const starts = quick ? 3 : 9;
  const programs = await bundlePrograms(join(scratch, "bundled"));
  const [bare, idle]: [Resident[], Resident[]] = [[], []];
  for (let start = 0; start < starts; start++) {
    bare.push(await residentOf(programs.bare, { path: join(scratch, `bare-${start}.db`) }));
    idle.push(await residentOf(programs.idle, { path: join(scratch, `idle-${start}.db`) }));
  }
  const full = join(scratch, "million.db");
  await makeStockedFile(full, {
    accounts: 100,
    webhooksEach: 10,
    url: `${sink.origin}/`,
    topic: "end_user.*",
    pending: PENDING,
    disabled: true,
  });
  const { origin } = sink;
  const events = quick ? 5000 : 20_000;
  const empty = await residentOf(programs.delivering, { path: join(scratch, "empty.db"), origin, events });
  const owing = await residentOf(programs.delivering, { path: full, origin, events });
  print({ bare, idle, empty, owing, events });
}

async function residentOf(file: string, options: unknown): Promise<Resident> {
  const program = await startProgram(file, options, { execArgv: ["--expose-gc"] });
  try {
    return await program.ask<Resident>("resident");
  } finally {
    await program.stop();
  }
}

function print(measured: {
  readonly bare: readonly Resident[];
  readonly idle: readonly Resident[];
  readonly empty: Resident;
  readonly owing: Resident;
  readonly events: number;
}): void {
  const { bare, idle, empty, owing, events } = measured;
  const middle = (all: readonly Resident[], which: keyof Resident): number =>
    median(all.map((one) => one[which]));
  const more = middle(idle, "collected") - middle(bare, "collected");
  const row = (name: string, found: number, collected: number): string[] => [
    name,
    found.toFixed(1),
    collected.toFixed(1),
  ];
  printTable(
    `Resident memory in MB: bundled, median of ${idle.length} starts; delivering is one start, after ${events} events`,
    ["", "as found", "collected", "more", "target", ""],
    [
      row("bare: undici, and node:sqlite in a thread", middle(bare, "found"), middle(bare, "collected")),
      [
        ...row("a sender on an empty file", middle(idle, "found"), middle(idle, "collected")),
        more.toFixed(1),
        `<= ${MOST_IDLE_MB}`,
        verdict(more <= MOST_IDLE_MB),
      ],
      row("a sender that delivers, nothing else owed", empty.found, empty.collected),
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
