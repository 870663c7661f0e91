import type { Webhook } from "../api.ts";
import { Heading } from "../parts/heading.tsx";
import { ResourceView } from "../parts/resource.tsx";
import { Link } from "../router.tsx";
import { StatsCharts } from "../stats/stats-charts.tsx";
import { sortByUrgency } from "../stats/needs-attention.ts";
import { TimeRangeSwitch } from "../stats/time-range-switch.tsx";
import { type TextPart, toSummary } from "../stats/summary.ts";
import { type StatsResult, getTimeRange, useStats } from "../stats/use-stats.ts";
import { WebhookActivityList } from "../stats/webhook-rows.tsx";
import { loadAllWebhooks } from "../webhook/load-webhooks.ts";

/** How things are. */
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
        {(counted) => (isEmpty ? <EmptyOverview /> : <OverviewContent counted={counted} />)}
      </ResourceView>
    </>
  );
}

function OverviewContent({ counted }: { readonly counted: StatsResult<readonly Webhook[]> }) {
  const { range, stats, extra: webhooks } = counted;
  return (
    <div class={range === getTimeRange() ? "" : "stale"}>
      <Summary said={toSummary(stats, webhooks, { length: range.name, now: Date.now() })} />
      <StatsCharts result={counted} webhook={null} />
      <WebhookActivityList all={sortByUrgency(webhooks, stats)} />
    </div>
  );
}

function Summary({ said: parts }: { readonly said: readonly TextPart[] }) {
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
      <p>
        A webhook posts events to an address: to a server, or to a channel of Slack's. Once there is one, this
        page says how it goes: what arrives, how long that takes, and what needs somebody.
      </p>
      <Link to="webhooks/new" class="button primary">
        Add webhook
      </Link>
    </div>
  );
}
