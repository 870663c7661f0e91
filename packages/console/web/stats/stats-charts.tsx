import type { StatsDto } from "../../src/api/dto/stats-dto.ts";
import { Link } from "../router.tsx";
import { DeliveryChart } from "./delivery-chart.tsx";
import { ChartFigure } from "./chart-figure.tsx";
import { describeLatency, describeDeliveries } from "./chart-descriptions.ts";
import { LATENCIES, LatencyChart } from "./latency-chart.tsx";
import { toDeliveriesPath, OUTCOMES } from "./outcomes.ts";
import { formatBucket, formatLatency } from "./scale.ts";
import type { StatsResult } from "./use-stats.ts";
import "./stats.css";

/** How deliveries went over time, and how long attempts took. */
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
            LATENCIES.map(({ of }) => (bucket[of] === null ? "–" : formatLatency(bucket[of]))),
          )}
        />
      </div>
      {!stats.is_complete && (
        <p class="hint">
          There were more than are counted here: all are from{" "}
          {formatBucket(Date.parse(stats.complete_since), 1)} on.
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
      {LATENCIES.map(({ name, of, word }) => (
        <li key={name}>
          <svg class="sample" width="20" height="8" aria-hidden="true">
            <g class={`line ${name}`}>
              <polyline points="0,4 20,4" />
            </g>
          </svg>
          {stats.total[of] === null
            ? `${name}: no attempts`
            : `${name}: ${word} ${formatLatency(stats.total[of])}`}
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
