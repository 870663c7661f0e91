import type { ShownStats } from "../../src/api/shown-stats.ts";
import { Frame, type Plot } from "./frame.tsx";
import { bucketLabel, latencyLabel, ticksOf } from "./scale.ts";

/** One of the lines, and in a table its column. */
export const LATENCIES = [
  { name: "p50", of: "p50_ms", word: "half within" },
  { name: "p95", of: "p95_ms", word: "95 of 100 within" },
] as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** How long attempts took over time. Where there was none, a line has a gap. */
export function Lines({ stats, label }: { readonly stats: ShownStats; readonly label: string }) {
  const { buckets, bucket_ms: width } = stats;
  const from = Date.parse(buckets[0]?.at ?? stats.since);
  const most = Math.max(0, ...buckets.flatMap(({ p50_ms, p95_ms }) => [p50_ms ?? 0, p95_ms ?? 0]));
  return (
    <Frame
      label={label}
      from={from}
      to={from + buckets.length * width}
      ticks={ticksOf(most)}
      tickLabel={latencyLabel}
    >
      {(plot) => (
        <>
          {LATENCIES.map(({ name, of }) => (
            <Line key={name} name={name} runs={runsOf(stats, of, plot)} />
          ))}
          {buckets.map(({ at, p50_ms, p95_ms }) => (
            <rect
              key={at}
              class="hover"
              x={plot.x(Date.parse(at))}
              y={0}
              width={plot.x(Date.parse(at) + width) - plot.x(Date.parse(at))}
              height={plot.bottom}
            >
              <title>
                {[
                  bucketLabel(Date.parse(at), width),
                  ...(p50_ms === null ? [] : [`p50 ${latencyLabel(p50_ms)}`]),
                  ...(p95_ms === null ? [] : [`p95 ${latencyLabel(p95_ms)}`]),
                ].join("\n")}
              </title>
            </rect>
          ))}
        </>
      )}
    </Frame>
  );
}

function Line({ name, runs }: { readonly name: string; readonly runs: readonly (readonly Point[])[] }) {
  return (
    <g class={`line ${name}`}>
      {runs.map((run) => {
        const [first] = run;
        if (first === undefined) return null;
        return run.length === 1 ? (
          <circle key={first.x} cx={first.x} cy={first.y} r={2.5} />
        ) : (
          <polyline key={first.x} points={run.map(({ x, y }) => `${x},${y}`).join(" ")} />
        );
      })}
    </g>
  );
}

/** What hangs together, in the middle of each bucket. */
function runsOf(
  { buckets, bucket_ms }: ShownStats,
  of: "p50_ms" | "p95_ms",
  plot: Plot,
): readonly (readonly Point[])[] {
  const runs: Point[][] = [[]];
  for (const bucket of buckets) {
    const ms = bucket[of];
    if (ms === null) runs.push([]);
    else runs.at(-1)?.push({ x: plot.x(Date.parse(bucket.at) + bucket_ms / 2), y: plot.y(ms) });
  }
  return runs;
}
