import { ResourceView } from "../parts/resource.tsx";
import { StatsCharts } from "./stats-charts.tsx";
import { TimeRangeSwitch } from "./time-range-switch.tsx";
import { getTimeRange, useStats } from "./use-stats.ts";

const loadNothing = async (): Promise<null> => null;

/** How it went with one webhook. */
export function WebhookStats({ webhook }: { readonly webhook: string }) {
  const loaded = useStats(webhook, loadNothing);
  return (
    <section aria-label="Statistics">
      <TimeRangeSwitch />
      <ResourceView resource={loaded} name="charts">
        {(counted) => (
          <div class={counted.range === getTimeRange() ? "" : "stale"}>
            <StatsCharts result={counted} webhook={webhook} />
          </div>
        )}
      </ResourceView>
    </section>
  );
}
