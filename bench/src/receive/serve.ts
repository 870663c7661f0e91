import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import {
  cpuRatio,
  measured,
  middle,
  type Run,
  rateOf,
  rateRatio,
  SLICE_MS,
  shown,
  spread,
} from "../server/side-by-side.ts";
import { printTable, verdict } from "../table.ts";
import { OURS, RIVALS, type Rival, SAME } from "./rivals.ts";
import { requestsOf } from "./senders.ts";

const SERVERS: readonly Rival[] = [OURS, SAME, ...RIVALS];
/** Outside of these, two copies of one program differ too much for the rest to mean anything. */
const TRUSTED = [0.95, 1.05] as const;

/** Whole servers, ours and others, in turn under the same load. */
export async function benchServers({ quick }: BenchOptions): Promise<void> {
  const restarts = quick ? 1 : 3;
  const rounds = quick ? 10 : 60;
  for (const framework of ["express", "fastify"]) {
    const runs: Run[][] = [];
    for (let restart = 0; restart < restarts; restart++) {
      const servers = SERVERS.map(({ program, scheme }) => ({
        program: new URL(`./servers/${framework}-${program}.ts`, import.meta.url),
        requests: (port: number) => requestsOf(scheme, port),
      }));
      runs.push(await measured(servers, rounds));
    }
    print(framework, runs, rounds);
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
