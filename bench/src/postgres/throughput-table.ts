import { median } from "../ratio.ts";
import { cpuPerDelivery, isTrusted, type Run, rateRatio, type Slice } from "../send/slices.ts";
import { CALLERS, SLOTS } from "../send/subject.ts";
import { printTable, verdict } from "../table.ts";
import type { Rival } from "./contenders.ts";

/** Of each start one. */
interface Ratios {
  readonly rate: readonly number[];
  readonly cpu: readonly number[];
}

const HELD_AGAINST = {
  limit: "it by the limit",
  sqlite: "it by SQLite",
  one: "it by 1 process",
  ours: "1 process by it",
} as const;

/** `missing` says of each of the rivals why it could not take part; nothing if it did. */
export function printThroughput(
  rivals: readonly Rival[],
  missing: readonly string[],
  runs: readonly Run[],
  { rounds, sliceMs }: { readonly rounds: number; readonly sliceMs: number },
): void {
  const indexOf = (name: string): number => rivals.findIndex(({ key }) => key === name);
  const trusted = isTrusted(median(ratiosOf(runs, indexOf("again"), indexOf("limit")).rate));
  const rows = rivals.map(({ name, by, least }, index) => {
    if (missing[index] !== "") return [name, missing[index] ?? ""];
    const figures = figuresOf(runs.flatMap((run) => run[index] ?? []));
    if (by === null) return [name, ...figures];
    const ratios = by === "ours" ? ratiosOf(runs, indexOf("one"), index) : ratiosOf(runs, index, indexOf(by));
    return [name, ...figures, HELD_AGAINST[by], ...shown(ratios), ...judged(by, least, ratios, trusted)];
  });
  printTable(
    `From emit to settled: ${rounds} rounds of ${sliceMs / 1000} s on each, ${runs.length} starts [least to most]\nEach process has ${SLOTS} slots and ${CALLERS} callers, and events for one webhook, its own. CPU is a delivery's, its server's included\ngraphile-worker and BullMQ keep nothing of what was delivered`,
    ["", "per s", "CPU us", "server", "loop p99 ms", "", "rate", "", "CPU", "", "target, rate", ""],
    rows,
  );
}

function figuresOf(slices: readonly Slice[]): readonly string[] {
  const delivered = slices.reduce((sum, one) => sum + one.delivered, 0);
  const server = slices.reduce((sum, one) => sum + (one.helperMicroseconds ?? 0), 0);
  return [
    String(Math.round(median(slices.map(({ perSecond }) => perSecond)))),
    cpuPerDelivery(slices).toFixed(1),
    server === 0 ? "" : (server / delivered).toFixed(1),
    median(slices.map(({ loopP99 }) => loopP99)).toFixed(1),
  ];
}

/** How many times as fast the one is, and how many times as much of a processor the other takes. */
function ratiosOf(runs: readonly Run[], one: number, other: number): Ratios {
  const of = (run: Run, index: number): readonly Slice[] => run[index] ?? [];
  return {
    rate: runs.map((run) => rateRatio(of(run, one), of(run, other))),
    cpu: runs.map((run) => cpuPerDelivery(of(run, other)) / cpuPerDelivery(of(run, one))),
  };
}

function judged(
  by: Rival["by"],
  least: number | null,
  { rate }: Ratios,
  trusted: boolean,
): readonly string[] {
  if (least === null) return [];
  const ratio = median(rate);
  const reached = by === "ours" ? ratio > least : ratio >= least;
  return [`${by === "ours" ? ">" : ">="} ${least}`, trusted ? verdict(reached) : "not judged: A/A is off"];
}

function shown({ rate, cpu }: Ratios): readonly string[] {
  return [rate, cpu].flatMap((values) => [
    median(values).toFixed(3),
    `[${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}]`,
  ]);
}
