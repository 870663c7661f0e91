import type { Webhook } from "../api.ts";
import { Heading } from "../parts/heading.tsx";
import { ResourceView } from "../parts/resource.tsx";
import { Link } from "../router.tsx";
import { sortByUrgency } from "../stats/needs-attention.ts";
import { StatsCharts } from "../stats/stats-charts.tsx";
import { type TextPart, toSummary } from "../stats/summary.ts";
import { TimeRangeSwitch } from "../stats/time-range-switch.tsx";
import { getTimeRange, type StatsResult, useStats } from "../stats/use-stats.ts";
import { WebhookActivityList } from "../stats/webhook-rows.tsx";
import { loadAllWebhooks } from "../webhook/load-webhooks.ts";

export function OverviewPage() {
  const loaded = useStats(null, loadAllWebhooks);
  const isEmpty = loaded.value?.extra.length === 0;
  return (
    <>
      <header class="head">
        <Heading title="Overview" />
        {!isEmpty && <TimeRangeSwitch />}
      </header>
      <ResourceView resource={loaded} name="overview">
        {(result) => (isEmpty ? <EmptyOverview /> : <OverviewContent result={result} />)}
      </ResourceView>
    </>
  );
}

function OverviewContent({ result }: { readonly result: StatsResult<readonly Webhook[]> }) {
  const { range, stats, extra: webhooks } = result;
  return (
    <div class={range === getTimeRange() ? "" : "stale"}>
      <Summary parts={toSummary(stats, webhooks, range.name)} />
      <StatsCharts result={result} webhook={null} />
      <WebhookActivityList activities={sortByUrgency(webhooks, stats)} />
    </div>
  );
}

function Summary({ parts }: { readonly parts: readonly TextPart[] }) {
  return (
    <p class="summary">
      {parts.map(({ text, to }) => (to === undefined ? text : <Link to={to}>{text}</Link>))}
    </p>
  );
}

function EmptyOverview() {
  return (
    <div class="card empty">
      <h2>No webhooks yet</h2>
      <p>Send events to your server or a Slack channel. Delivery health will show up here.</p>
      <Link to="webhooks/new" class="button primary">
        Create webhook
      </Link>
    </div>
  );
}
