import { alternateOrder, median } from "../ratio.ts";
import { type Child, startServer } from "./child.ts";
import { LoadGenerator, type LoadSlice } from "./load-generator.ts";

/** A server program, and a function that creates requests for its port. */
export interface MeasuredServer {
  readonly program: URL;
  readonly requests: (port: number) => () => Buffer;
}

/** The result of one server between two restarts. */
export interface Run {
  readonly slices: readonly LoadSlice[];
  readonly cpuMicroseconds: number | null;
}

export const SLICE_MS = 100;
const WARM_UP_SLICES = 8;

/** Restarts every server and alternates the load between them. */
export async function measureServers(servers: readonly MeasuredServer[], rounds: number): Promise<Run[]> {
  const children: Child[] = [];
  const loads: LoadGenerator[] = [];
  try {
    for (const { program } of servers) children.push(await startServer(program));
    for (const [index, { requests }] of servers.entries()) {
      const { port } = children[index] as Child;
      const load = new LoadGenerator(port, requests(port));
      loads.push(load);
      await load.open();
    }
    // Alternate the warm-up, too: Node's server closes a connection that is idle for 5 s.
    for (let i = 0; i < WARM_UP_SLICES; i++) for (const load of loads) await load.run(SLICE_MS);
    const before = children.map((child) => child.cpuSeconds());
    const slices: LoadSlice[][] = servers.map(() => []);
    for (let round = 0; round < rounds; round++)
      for (const index of alternateOrder(servers.length, round))
        slices[index]?.push(await (loads[index] as LoadGenerator).run(SLICE_MS));
    // One figure for all slices: a slice has only ten ticks.
    return children.map((child, index) => {
      const own = slices[index] as LoadSlice[];
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

/** How many requests ours handles in the CPU time that the other needs for one. */
export function getCpuRatio(ours: Run | undefined, baseline: Run | undefined): number | null {
  const [a, b] = [ours?.cpuMicroseconds ?? null, baseline?.cpuMicroseconds ?? null];
  return a === null || b === null ? null : b / a;
}

export function getRateRatio(ours: Run | undefined, baseline: Run | undefined): number | null {
  if (ours === undefined || baseline === undefined) return null;
  return median(
    ours.slices.map((slice, round) => getRate(slice) / getRate(baseline.slices[round] as LoadSlice)),
  );
}

export function getRate({ requests, seconds }: LoadSlice): number {
  return requests / seconds;
}

export function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

export function formatSpread(values: readonly (number | null)[]): [string, string] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return ["n/a", ""];
  return [
    formatNumber(median(known), 3),
    `[${formatNumber(Math.min(...known), 2)}-${formatNumber(Math.max(...known), 2)}]`,
  ];
}

export function formatNumber(value: number | null, digits: number): string {
  return value === null ? "n/a" : value.toFixed(digits);
}
