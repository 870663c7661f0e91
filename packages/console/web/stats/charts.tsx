import type { ShownStats } from "../../src/api/shown-stats.ts";
import { Link } from "../router.tsx";
import { Bars } from "./bars.tsx";
import { Figure } from "./figure.tsx";
import { latencyGist, outcomesGist } from "./gist.ts";
import { LATENCIES, Lines } from "./lines.tsx";
import { listOf, OUTCOMES } from "./outcomes.ts";
import { bucketLabel, latencyLabel } from "./scale.ts";
import type { Counted } from "./use-stats.ts";
import "./stats.css";

/** How deliveries went over time, and how long attempts took. */
export function Charts({
  counted: { stats, span },
  webhook,
}: {
  readonly counted: Counted<unknown>;
  readonly webhook: string | null;
}) {
  return (
    <>
      <div class="charts">
        <Figure
          title="Deliveries"
          legend={<OutcomeLegend stats={stats} webhook={webhook} />}
          chart={<Bars stats={stats} label={outcomesGist(stats, span.name)} />}
          columns={OUTCOMES.map(({ word }) => capital(word))}
          rows={rowsOf(stats, (bucket) =>
            OUTCOMES.map(({ outcome }) => bucket[outcome].toLocaleString("en")),
          )}
        />
        <Figure
          title="Latency"
          legend={<LatencyLegend stats={stats} />}
          chart={<Lines stats={stats} label={latencyGist(stats, span.name)} />}
          columns={LATENCIES.map(({ name }) => name)}
          rows={rowsOf(stats, (bucket) =>
            LATENCIES.map(({ of }) => (bucket[of] === null ? "–" : latencyLabel(bucket[of]))),
          )}
        />
      </div>
      {!stats.complete && (
        <p class="hint">
          There were more than are counted here: all are from{" "}
          {bucketLabel(Date.parse(stats.complete_since), 1)} on.
        </p>
      )}
    </>
  );
}

function OutcomeLegend({ stats, webhook }: { readonly stats: ShownStats; readonly webhook: string | null }) {
  return (
    <ul class="legend">
      {OUTCOMES.map(({ outcome, name, word, status }) => (
        <li key={outcome}>
          <i class={`swatch ${name}`} aria-hidden="true" />
          <Link to={listOf(status, webhook)}>
            {stats.total[outcome].toLocaleString("en")} {word}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function LatencyLegend({ stats }: { readonly stats: ShownStats }) {
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
            : `${name}: ${word} ${latencyLabel(stats.total[of])}`}
        </li>
      ))}
    </ul>
  );
}

function rowsOf(
  { buckets, bucket_ms }: ShownStats,
  cells: (bucket: ShownStats["buckets"][number]) => readonly string[],
): readonly (readonly string[])[] {
  return buckets.map((bucket) => [bucketLabel(Date.parse(bucket.at), bucket_ms), ...cells(bucket)]);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
