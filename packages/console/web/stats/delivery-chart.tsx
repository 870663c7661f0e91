import type { StatsBucketDto, StatsDto } from "../../src/api/dto/stats-dto.ts";
import { ChartFrame, type PlotArea } from "./chart-frame.tsx";
import { countDeliveries, OUTCOMES } from "./outcomes.ts";
import { formatBucket, formatCount, toTicks } from "./scale.ts";

/** Keeps small counts visible. */
const MIN_SEGMENT_PX = 2;
/** Separates segments, because their colours are similar. */
const SEGMENT_GAP_PX = 1;

/** Deliveries over time as stacked bars by outcome. */
export function DeliveryChart({ stats, label }: { readonly stats: StatsDto; readonly label: string }) {
  const { buckets, bucket_ms: bucketMs } = stats;
  const from = Date.parse(buckets[0]?.at ?? stats.since);
  const maxCount = Math.max(...buckets.map(countDeliveries));
  return (
    <ChartFrame
      label={label}
      from={from}
      to={from + buckets.length * bucketMs}
      ticks={toTicks(maxCount)}
      formatTick={formatCount}
    >
      {(plot) =>
        buckets.map((bucket) => (
          <StackedBar key={bucket.at} bucket={bucket} bucketMs={bucketMs} plot={plot} />
        ))
      }
    </ChartFrame>
  );
}

function StackedBar({
  bucket,
  bucketMs,
  plot,
}: {
  readonly bucket: StatsBucketDto;
  readonly bucketMs: number;
  readonly plot: PlotArea;
}) {
  const start = Date.parse(bucket.at);
  const [x, next] = [plot.x(start), plot.x(start + bucketMs)];
  const segments = OUTCOMES.filter(({ outcome }) => bucket[outcome] > 0);
  let top = plot.bottom;
  return (
    <g>
      <title>
        {[
          formatBucket(start, bucketMs),
          ...segments.map(({ outcome, word }) => `${bucket[outcome].toLocaleString("en")} ${word}`),
        ].join("\n")}
      </title>
      <rect class="hover" x={x} y={0} width={next - x} height={plot.bottom} />
      {segments.map(({ outcome, name }) => {
        const height = Math.max(MIN_SEGMENT_PX + SEGMENT_GAP_PX, plot.bottom - plot.y(bucket[outcome]));
        top -= height;
        return (
          <rect
            key={outcome}
            class={`bar ${name}`}
            x={x}
            y={top + SEGMENT_GAP_PX}
            width={Math.max(1, next - x - SEGMENT_GAP_PX)}
            height={height - SEGMENT_GAP_PX}
          />
        );
      })}
    </g>
  );
}
