import type { StatsDto } from "../../src/api/dto/stats-dto.ts";
import { Link } from "../router.tsx";
import { describeDeliveries, describeLatency } from "./chart-descriptions.ts";
import { ChartFigure } from "./chart-figure.tsx";
import { DeliveryChart } from "./delivery-chart.tsx";
import { LATENCIES, LatencyChart } from "./latency-chart.tsx";
import { OUTCOMES, toDeliveriesPath } from "./outcomes.ts";
import { formatBucket, formatLatency } from "./scale.ts";
import type { StatsResult } from "./use-stats.ts";
import "./stats.css";

/** Charts of deliveries by outcome and of latency. */
export function StatsCharts({
  result: { stats, range },
  webhook,
}: {
  readonly result: StatsResult<unknown>;
  readonly webhook: string | null;
}) {
  return (
    <>
      <div class="charts">
        <ChartFigure
          title="Deliveries"
          legend={<OutcomeLegend stats={stats} webhook={webhook} />}
          chart={<DeliveryChart stats={stats} label={describeDeliveries(stats, range.name)} />}
          columns={OUTCOMES.map(({ word }) => capitalize(word))}
          rows={toTableRows(stats, (bucket) =>
            OUTCOMES.map(({ outcome }) => bucket[outcome].toLocaleString("en")),
          )}
        />
        <ChartFigure
          title="Latency"
          legend={<LatencyLegend stats={stats} />}
          chart={<LatencyChart stats={stats} label={describeLatency(stats, range.name)} />}
          columns={LATENCIES.map(({ name }) => name)}
          rows={toTableRows(stats, (bucket) =>
            LATENCIES.map(({ field }) => (bucket[field] === null ? "–" : formatLatency(bucket[field]))),
          )}
        />
      </div>
      {!stats.is_complete && (
        <p class="hint">
          Only deliveries since {formatBucket(Date.parse(stats.complete_since), 1)} are counted.
        </p>
      )}
    </>
  );
}

function OutcomeLegend({ stats, webhook }: { readonly stats: StatsDto; readonly webhook: string | null }) {
  return (
    <ul class="legend">
      {OUTCOMES.map(({ outcome, name, word, status }) => (
        <li key={outcome}>
          <i class={`swatch ${name}`} aria-hidden="true" />
          <Link to={toDeliveriesPath(status, webhook)}>
            {stats.total[outcome].toLocaleString("en")} {word}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function LatencyLegend({ stats }: { readonly stats: StatsDto }) {
  return (
    <ul class="legend">
      {LATENCIES.map(({ name, field }) => (
        <li key={name}>
          <svg class="sample" width="20" height="8" aria-hidden="true">
            <g class={`line ${name}`}>
              <polyline points="0,4 20,4" />
            </g>
          </svg>
          {stats.total[field] === null
            ? `${name}: no attempts`
            : `${name} ${formatLatency(stats.total[field])}`}
        </li>
      ))}
    </ul>
  );
}

function toTableRows(
  { buckets, bucket_ms }: StatsDto,
  cells: (bucket: StatsDto["buckets"][number]) => readonly string[],
): readonly (readonly string[])[] {
  return buckets.map((bucket) => [formatBucket(Date.parse(bucket.at), bucket_ms), ...cells(bucket)]);
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
