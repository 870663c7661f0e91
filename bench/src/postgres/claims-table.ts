import { median } from "../ratio.ts";
import { SLOTS } from "../send/subject.ts";
import { printTable, verdict } from "../table.ts";

const MOST_TIMES = 2;

/** Among whom what is pending is spread. */
export interface Shape {
  readonly key: string;
  readonly name: string;
  readonly accounts: number;
  readonly webhooksEach: number;
}

/** What it cost to claim {@link SLOTS} deliveries and to settle them, in one pass. */
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
    const named = `${size.toLocaleString("en")} pending`;
    const own = costs[index];
    if (own === undefined) return [`${named}: left out, no room on the disk`];
    const middle = (which: keyof Cost): number => median(own.map((cost) => cost[which]));
    const figures = [middle("ms").toFixed(2), middle("server").toFixed(1), middle("client").toFixed(1)];
    if (index === 0) return [named, ...figures];
    const ratio = (which: "ms" | "server"): number =>
      median(own.map((cost, pass) => cost[which] / (smallest[pass]?.[which] ?? Number.NaN)));
    const [time, cpu] = [ratio("ms"), ratio("server")];
    return [
      named,
      ...figures,
      time.toFixed(3),
      cpu.toFixed(3),
      `<= ${MOST_TIMES}`,
      verdict(time <= MOST_TIMES && cpu <= MOST_TIMES),
    ];
  });
  printTable(
    `Claiming and settling ${SLOTS} at a time, all due, of ${name}: ${smallest.length} passes of ${claims} claims of each; CPU is a delivery's`,
    ["", "ms a claim", "server CPU us", "own CPU us", "by time", "by server CPU", "target, both", ""],
    rows,
  );
}
