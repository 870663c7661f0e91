import type { ShownBucket, ShownStats } from "../../src/api/shown-stats.ts";
import { Frame, type Plot } from "./frame.tsx";
import { countOf, OUTCOMES } from "./outcomes.ts";
import { bucketLabel, countLabel, ticksOf } from "./scale.ts";

/** However few they are, they can be seen: so high is what there is, in pixels. */
const LEAST = 2;
/** Between what lies upon each other, since the colours alone are too near. */
const GAP = 1;

/** Deliveries over time, by what became of them: those that were delivered below, the dead on top. */
export function Bars({ stats, label }: { readonly stats: ShownStats; readonly label: string }) {
  const { buckets, bucket_ms: width } = stats;
  const from = Date.parse(buckets[0]?.at ?? stats.since);
  const most = Math.max(...buckets.map(countOf));
  return (
    <Frame
      label={label}
      from={from}
      to={from + buckets.length * width}
      ticks={ticksOf(most)}
      tickLabel={countLabel}
    >
      {(plot) => buckets.map((bucket) => <Bar key={bucket.at} bucket={bucket} width={width} plot={plot} />)}
    </Frame>
  );
}

function Bar({
  bucket,
  width,
  plot,
}: {
  readonly bucket: ShownBucket;
  readonly width: number;
  readonly plot: Plot;
}) {
  const at = Date.parse(bucket.at);
  const [x, next] = [plot.x(at), plot.x(at + width)];
  const had = OUTCOMES.filter(({ outcome }) => bucket[outcome] > 0);
  let top = plot.bottom;
  return (
    <g>
      <title>
        {[
          bucketLabel(at, width),
          ...had.map(({ outcome, word }) => `${bucket[outcome].toLocaleString("en")} ${word}`),
        ].join("\n")}
      </title>
      <rect class="hover" x={x} y={0} width={next - x} height={plot.bottom} />
      {had.map(({ outcome, name }) => {
        const height = Math.max(LEAST + GAP, plot.bottom - plot.y(bucket[outcome]));
        top -= height;
        return (
          <rect
            key={outcome}
            class={`bar ${name}`}
            x={x}
            y={top + GAP}
            width={Math.max(1, next - x - GAP)}
            height={height - GAP}
          />
        );
      })}
    </g>
  );
}
