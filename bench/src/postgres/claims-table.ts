import { median } from "../ratio.ts";
import { CONCURRENCY } from "../send/delivery-program.ts";
import { formatTargetResult, printTable } from "../table.ts";

const MAX_TIME_RATIO = 2;

/** How the pending deliveries are distributed. */
export interface Shape {
  readonly key: string;
  readonly name: string;
  readonly accounts: number;
  readonly webhooksPerAccount: number;
}

/** The cost of claiming and completing {@link CONCURRENCY} deliveries, in one pass. */
export interface Cost {
  /** Median, in milliseconds. */
  readonly ms: number;
  /** CPU time per delivery, in microseconds. */
  readonly server: number;
  readonly client: number;
}

/** `costs` has the passes of each measured size; sizes that were not measured come last. */
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
    if (shapeCosts === undefined) return [`${label}: skipped, not enough disk space`];
    const getMedian = (which: keyof Cost): number => median(shapeCosts.map((cost) => cost[which]));
    const figures = [
      getMedian("ms").toFixed(2),
      getMedian("server").toFixed(1),
      getMedian("client").toFixed(1),
    ];
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
    `Claiming and completing ${CONCURRENCY} at a time, all due, of ${name}: ${smallest.length} passes of ${claims} claims of each; CPU per delivery`,
    ["", "ms a claim", "server CPU us", "own CPU us", "by time", "by server CPU", "target, both", ""],
    rows,
  );
}
