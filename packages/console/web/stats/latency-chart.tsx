import type { StatsDto } from "../../src/api/dto/stats-dto.ts";
import { ChartFrame, type PlotArea } from "./chart-frame.tsx";
import { formatBucket, formatLatency, toTicks } from "./scale.ts";

/** Lines of the chart and columns of the table. */
export const LATENCIES = [
  { name: "p50", field: "p50_ms" },
  { name: "p95", field: "p95_ms" },
] as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Latency over time. Buckets without attempts leave a gap. */
export function LatencyChart({ stats, label }: { readonly stats: StatsDto; readonly label: string }) {
  const { buckets, bucket_ms: bucketMs } = stats;
  const from = Date.parse(buckets[0]?.at ?? stats.since);
  const maxMs = Math.max(0, ...buckets.flatMap(({ p50_ms, p95_ms }) => [p50_ms ?? 0, p95_ms ?? 0]));
  return (
    <ChartFrame
      label={label}
      from={from}
      to={from + buckets.length * bucketMs}
      ticks={toTicks(maxMs)}
      formatTick={formatLatency}
    >
      {(plot) => (
        <>
          {LATENCIES.map(({ name, field }) => (
            <LatencyLine key={name} name={name} segments={toSegments(stats, field, plot)} />
          ))}
          {buckets.map(({ at, p50_ms, p95_ms }) => (
            <rect
              key={at}
              class="hover"
              x={plot.x(Date.parse(at))}
              y={0}
              width={plot.x(Date.parse(at) + bucketMs) - plot.x(Date.parse(at))}
              height={plot.bottom}
            >
              <title>
                {[
                  formatBucket(Date.parse(at), bucketMs),
                  ...(p50_ms === null ? [] : [`p50 ${formatLatency(p50_ms)}`]),
                  ...(p95_ms === null ? [] : [`p95 ${formatLatency(p95_ms)}`]),
                ].join("\n")}
              </title>
            </rect>
          ))}
        </>
      )}
    </ChartFrame>
  );
}

function LatencyLine({
  name,
  segments,
}: {
  readonly name: string;
  readonly segments: readonly (readonly Point[])[];
}) {
  return (
    <g class={`line ${name}`}>
      {segments.map((segment) => {
        const [first] = segment;
        if (first === undefined) return null;
        return segment.length === 1 ? (
          <circle key={first.x} cx={first.x} cy={first.y} r={2.5} />
        ) : (
          <polyline key={first.x} points={segment.map(({ x, y }) => `${x},${y}`).join(" ")} />
        );
      })}
    </g>
  );
}

/** Consecutive points, in the middle of their buckets. */
function toSegments(
  { buckets, bucket_ms }: StatsDto,
  field: "p50_ms" | "p95_ms",
  plot: PlotArea,
): readonly (readonly Point[])[] {
  const segments: Point[][] = [[]];
  for (const bucket of buckets) {
    const ms = bucket[field];
    if (ms === null) segments.push([]);
    else segments.at(-1)?.push({ x: plot.x(Date.parse(bucket.at) + bucket_ms / 2), y: plot.y(ms) });
  }
  return segments;
}
