import type { BenchOptions } from "../options.ts";
import { median } from "../ratio.ts";
import {
  formatNumber,
  formatSpread,
  getCpuRatio,
  getRate,
  getRateRatio,
  measureServers,
  medianOf,
  type Run,
  SLICE_MS,
} from "../server/side-by-side.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { COMPETITORS, OURS, OURS_AGAIN, type ServerCompetitor } from "./competitors.ts";
import { createRequestFactory } from "./senders.ts";

const SERVERS: readonly ServerCompetitor[] = [OURS, OURS_AGAIN, ...COMPETITORS];
/** The valid range of the A/A ratio. Outside of it, the other ratios mean nothing. */
const MAX_AA_DEVIATION = [0.95, 1.05] as const;

/** Compares whole servers, in turn under the same load. */
export async function benchServers({ isQuick }: BenchOptions): Promise<void> {
  const restarts = isQuick ? 1 : 3;
  const rounds = isQuick ? 10 : 60;
  for (const framework of ["express", "fastify"]) {
    const runs: Run[][] = [];
    for (let restart = 0; restart < restarts; restart++) {
      const servers = SERVERS.map(({ program, scheme }) => ({
        program: new URL(`./servers/${framework}-${program}.ts`, import.meta.url),
        requests: (port: number) => createRequestFactory(scheme, port),
      }));
      runs.push(await measureServers(servers, rounds));
    }
    print(framework, runs, rounds);
  }
}

function print(framework: string, runs: readonly (readonly Run[])[], rounds: number): void {
  const cpu = SERVERS.map((_, index) => runs.map((run) => getCpuRatio(run[0], run[index])));
  const rate = SERVERS.map((_, index) => runs.map((run) => getRateRatio(run[0], run[index])));
  const same = medianOf(cpu[1] ?? []) ?? medianOf(rate[1] ?? []) ?? Number.NaN;
  const trusted = same >= MAX_AA_DEVIATION[0] && same <= MAX_AA_DEVIATION[1];
  const rows = SERVERS.map(({ name, minRatio }, index) => {
    const judged = medianOf(cpu[index] ?? []) ?? medianOf(rate[index] ?? []) ?? 0;
    return [
      name,
      formatNumber(medianOf(runs.map((run) => run[index]?.cpuMicroseconds ?? null)), 1),
      String(Math.round(median(runs.map((run) => median((run[index]?.slices ?? []).map(getRate)))))),
      ...(index === 0
        ? ["", "", "", ""]
        : [...formatSpread(rate[index] ?? []), ...formatSpread(cpu[index] ?? [])]),
      ...(minRatio === undefined
        ? ["", ""]
        : [
            `${minRatio === 1 ? ">" : ">="} ${minRatio}`,
            trusted
              ? formatTargetResult(minRatio === 1 ? judged > 1 : judged >= minRatio)
              : "not judged: A/A is off",
          ]),
    ];
  });
  printTable(
    `Servers on ${framework}, events of 0.5 KB: ${rounds} rounds of ${SLICE_MS} ms on each, median of ${runs.length} starts [least to most]\nratios are requests answered by heron for one of the other's`,
    ["", "CPU us", "per s", "by rate", "", "by CPU", "", "target by CPU", ""],
    rows,
  );
}
