import type { BenchOptions } from "../options.ts";
import { median, turnedAbout } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import { type Child, startServer } from "./child.ts";
import { Load, type Slice } from "./load.ts";
import { OURS, RIVALS, type Rival, SAME } from "./rivals.ts";
import { requestsOf } from "./senders.ts";

const SERVERS: readonly Rival[] = [OURS, SAME, ...RIVALS];
const SLICE_MS = 100;
const WARM_UP_SLICES = 8;
/** Outside of these, two copies of one program differ too much for the rest to mean anything. */
const TRUSTED = [0.95, 1.05] as const;

/** What one server came to between two restarts. */
interface Run {
  readonly slices: readonly Slice[];
  readonly cpuMicroseconds: number | null;
}

/** Whole servers, ours and others, in turn under the same load. */
export async function benchServers({ quick }: BenchOptions): Promise<void> {
  const restarts = quick ? 1 : 3;
  const rounds = quick ? 10 : 60;
  for (const framework of ["express", "fastify"]) {
    const runs: Run[][] = [];
    for (let restart = 0; restart < restarts; restart++) runs.push(await measure(framework, rounds));
    print(framework, runs, rounds);
  }
}

/** Starts every server anew and moves the load from one to the next. */
async function measure(framework: string, rounds: number): Promise<Run[]> {
  const children: Child[] = [];
  const loads: Load[] = [];
  try {
    for (const { program } of SERVERS) children.push(await startServer(`${framework}-${program}`));
    for (const [index, { scheme }] of SERVERS.entries()) {
      const { port } = children[index] as Child;
      const load = new Load(port, requestsOf(scheme, port));
      loads.push(load);
      await load.open();
    }
    // In turn as well: Node's server closes a connection that is idle for 5 s.
    for (let i = 0; i < WARM_UP_SLICES; i++) for (const load of loads) await load.run(SLICE_MS);
    const before = children.map((child) => child.cpuSeconds());
    const slices: Slice[][] = SERVERS.map(() => []);
    for (let round = 0; round < rounds; round++)
      for (const index of turnedAbout(SERVERS.length, round))
        slices[index]?.push(await (loads[index] as Load).run(SLICE_MS));
    // One figure for all slices together: a slice is only ten of the kernel's ticks long.
    return children.map((child, index) => {
      const own = slices[index] as Slice[];
      const [from, until] = [before[index] ?? null, child.cpuSeconds()];
      const requests = own.reduce((sum, slice) => sum + slice.requests, 0);
      return {
        slices: own,
        cpuMicroseconds: from === null || until === null ? null : ((until - from) * 1e6) / requests,
      };
    });
  } finally {
    for (const load of loads) load.close();
    await Promise.all(children.map((child) => child.stop()));
  }
}

function print(framework: string, runs: readonly (readonly Run[])[], rounds: number): void {
  const cpu = SERVERS.map((_, index) => runs.map((run) => cpuRatio(run[0], run[index])));
  const rate = SERVERS.map((_, index) => runs.map((run) => rateRatio(run[0], run[index])));
  const same = middle(cpu[1] ?? []) ?? middle(rate[1] ?? []) ?? Number.NaN;
  const trusted = same >= TRUSTED[0] && same <= TRUSTED[1];
  const rows = SERVERS.map(({ name, least }, index) => {
    const judged = middle(cpu[index] ?? []) ?? middle(rate[index] ?? []) ?? 0;
    return [
      name,
      shown(middle(runs.map((run) => run[index]?.cpuMicroseconds ?? null)), 1),
      String(Math.round(median(runs.map((run) => median((run[index]?.slices ?? []).map(rateOf)))))),
      ...(index === 0 ? ["", "", "", ""] : [...spread(rate[index] ?? []), ...spread(cpu[index] ?? [])]),
      ...(least === undefined
        ? ["", ""]
        : [
            `${least === 1 ? ">" : ">="} ${least}`,
            trusted ? verdict(least === 1 ? judged > 1 : judged >= least) : "not judged: A/A is off",
          ]),
    ];
  });
  printTable(
    `Servers on ${framework}, events of 0.5 KB: ${rounds} rounds of ${SLICE_MS} ms on each, median of ${runs.length} starts [least to most]\nratios are requests answered by heron for one of the other's`,
    ["", "CPU us", "per s", "by rate", "", "by CPU", "", "target by CPU", ""],
    rows,
  );
}

/** How many requests ours answers on the processor time that the other takes for one. */
function cpuRatio(ours: Run | undefined, other: Run | undefined): number | null {
  const [a, b] = [ours?.cpuMicroseconds ?? null, other?.cpuMicroseconds ?? null];
  return a === null || b === null ? null : b / a;
}

function rateRatio(ours: Run | undefined, other: Run | undefined): number | null {
  if (ours === undefined || other === undefined) return null;
  return median(ours.slices.map((slice, round) => rateOf(slice) / rateOf(other.slices[round] as Slice)));
}

function rateOf({ requests, seconds }: Slice): number {
  return requests / seconds;
}

function middle(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

function spread(values: readonly (number | null)[]): [string, string] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return ["n/a", ""];
  return [shown(median(known), 3), `[${shown(Math.min(...known), 2)}-${shown(Math.max(...known), 2)}]`];
}

function shown(value: number | null, digits: number): string {
  return value === null ? "n/a" : value.toFixed(digits);
}
