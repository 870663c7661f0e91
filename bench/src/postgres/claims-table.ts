import { median } from "../ratio.ts";
import { CONCURRENCY } from "../send/delivery-program.ts";
import { printTable, formatTargetResult } from "../table.ts";

const MAX_TIME_RATIO = 2;

/** Among whom what is pending is spread. */
export interface Shape {
  readonly key: string;
  readonly name: string;
  readonly accounts: number;
  readonly webhooksEach: number;
}

/** What it cost to claim {@link CONCURRENCY} deliveries and to settle them, in one pass. */
export interface Cost {
  /** Median, in milliseconds. */
  readonly ms: number;
  /** Of a processor for a delivery, in microseconds. */
  readonly server: number;
  readonly client: number;
}

/** `costs` has those of each size that was measured, by passes; those that were not are the last. */
export function printClaims(
  { name }: Shape,
  sizes: readonly number[],
  costs: readonly (readonly Cost[])[],
  { claims }: { readonly claims: number },
): void {
  const [smallest = []] = costs;
  const rows = sizes.map((size, index) => {
    const label = `${size.toLocaleString("en")} pending`;
    const shapeCosts = costs[index];
    if (shapeCosts === undefined) return [`${label}: left out, no room on the disk`];
    const getMedian = (which: keyof Cost): number => median(shapeCosts.map((cost) => cost[which]));
    const figures = [getMedian("ms").toFixed(2), getMedian("server").toFixed(1), getMedian("client").toFixed(1)];
    if (index === 0) return [label, ...figures];
    const ratio = (which: "ms" | "server"): number =>
      median(shapeCosts.map((cost, pass) => cost[which] / (smallest[pass]?.[which] ?? Number.NaN)));
    const [time, cpu] = [ratio("ms"), ratio("server")];
    return [
      label,
      ...figures,
      time.toFixed(3),
      cpu.toFixed(3),
      `<= ${MAX_TIME_RATIO}`,
      formatTargetResult(time <= MAX_TIME_RATIO && cpu <= MAX_TIME_RATIO),
    ];
  });
  printTable(
    `Claiming and settling ${CONCURRENCY} at a time, all due, of ${name}: ${smallest.length} passes of ${claims} claims of each; CPU is a delivery's`,
    ["", "ms a claim", "server CPU us", "own CPU us", "by time", "by server CPU", "target, both", ""],
    rows,
  );
}
