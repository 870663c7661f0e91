import { median } from "../ratio.ts";
import { CALLER_COUNT, CONCURRENCY } from "../send/delivery-program.ts";
import { getCpuPerDelivery, getRateRatio, isTrusted, type Run, type Slice } from "../send/slices.ts";
import { formatTargetResult, printTable } from "../table.ts";
import type { StoreCompetitor } from "./competitors.ts";

/** One value per start. */
interface Ratios {
  readonly rate: readonly number[];
  readonly cpu: readonly number[];
}

const COMPARISON_LABELS = {
  limit: "it by the limit",
  sqlite: "it by SQLite",
  "one-process": "it by 1 process",
  ours: "1 process by it",
} as const;

/** `missing` has the reason why a competitor could not take part; empty if it did. */
export function printThroughput(
  competitors: readonly StoreCompetitor[],
  missing: readonly string[],
  runs: readonly Run[],
  { rounds, sliceMs }: { readonly rounds: number; readonly sliceMs: number },
): void {
  const findIndex = (name: string): number => competitors.findIndex(({ key }) => key === name);
  const isTrustedRun = isTrusted(median(getRatios(runs, findIndex("again"), findIndex("limit")).rate));
  const rows = competitors.map(({ name, comparedWith, minRatio }, index) => {
    if (missing[index] !== "") return [name, missing[index] ?? ""];
    const figures = formatFigures(runs.flatMap((run) => run[index] ?? []));
    if (comparedWith === null) return [name, ...figures];
    const ratios =
      comparedWith === "ours"
        ? getRatios(runs, findIndex("one-process"), index)
        : getRatios(runs, index, findIndex(comparedWith));
    return [
      name,
      ...figures,
      COMPARISON_LABELS[comparedWith],
      ...formatRatios(ratios),
      ...formatTarget(comparedWith, minRatio, ratios, isTrustedRun),
    ];
  });
  printTable(
    `From emit to completion: ${rounds} rounds of ${sliceMs / 1000} s each, ${runs.length} starts [lowest to highest]\nEach process has a concurrency of ${CONCURRENCY}, ${CALLER_COUNT} callers, and its own webhook. CPU is per delivery and includes the server\ngraphile-worker and BullMQ keep no log of delivered jobs`,
    ["", "per s", "CPU us", "server", "loop p99 ms", "", "rate", "", "CPU", "", "target, rate", ""],
    rows,
  );
}

function formatFigures(slices: readonly Slice[]): readonly string[] {
  const delivered = slices.reduce((sum, slice) => sum + slice.delivered, 0);
  const server = slices.reduce((sum, slice) => sum + (slice.helperMicroseconds ?? 0), 0);
  return [
    String(Math.round(median(slices.map(({ perSecond }) => perSecond)))),
    getCpuPerDelivery(slices).toFixed(1),
    server === 0 ? "" : (server / delivered).toFixed(1),
    median(slices.map(({ loopP99 }) => loopP99)).toFixed(1),
  ];
}

/** The ratio of the rates, and the inverse ratio of the CPU times. */
function getRatios(runs: readonly Run[], numerator: number, denominator: number): Ratios {
  const getSlices = (run: Run, index: number): readonly Slice[] => run[index] ?? [];
  return {
    rate: runs.map((run) => getRateRatio(getSlices(run, numerator), getSlices(run, denominator))),
    cpu: runs.map(
      (run) => getCpuPerDelivery(getSlices(run, denominator)) / getCpuPerDelivery(getSlices(run, numerator)),
    ),
  };
}

function formatTarget(
  comparedWith: StoreCompetitor["comparedWith"],
  minRatio: number | null,
  { rate }: Ratios,
  trusted: boolean,
): readonly string[] {
  if (minRatio === null) return [];
  const ratio = median(rate);
  const reached = comparedWith === "ours" ? ratio > minRatio : ratio >= minRatio;
  return [
    `${comparedWith === "ours" ? ">" : ">="} ${minRatio}`,
    trusted ? formatTargetResult(reached) : "not judged: A/A is off",
  ];
}

function formatRatios({ rate, cpu }: Ratios): readonly string[] {
  return [rate, cpu].flatMap((values) => [
    median(values).toFixed(3),
    `[${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}]`,
  ]);
}
