import { ResourceView } from "../parts/resource.tsx";
import { StatsCharts } from "./stats-charts.tsx";
import { TimeRangeSwitch } from "./time-range-switch.tsx";
import { getTimeRange, useStats } from "./use-stats.ts";

const loadNothing = async (): Promise<null> => null;

/** The charts of one webhook. */
export function WebhookStats({ webhook }: { readonly webhook: string }) {
  const loaded = useStats(webhook, loadNothing);
  return (
    <section aria-label="Statistics">
      <TimeRangeSwitch />
      <ResourceView resource={loaded} name="charts">
        {(result) => (
          <div class={result.range === getTimeRange() ? "" : "stale"}>
            <StatsCharts result={result} webhook={webhook} />
          </div>
        )}
      </ResourceView>
    </section>
  );
}
