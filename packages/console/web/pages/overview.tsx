import type { Webhook } from "../api.ts";
import { Heading } from "../parts/heading.tsx";
import { Show } from "../parts/loaded.tsx";
import { Link } from "../router.tsx";
import { Charts } from "../stats/charts.tsx";
import { byNeed } from "../stats/needy.ts";
import { SpanSwitch } from "../stats/span-switch.tsx";
import { type Said, summaryOf } from "../stats/summary.ts";
import { type Counted, spanNow, useStats } from "../stats/use-stats.ts";
import { WebhookRows } from "../stats/webhook-rows.tsx";
import { allWebhooks } from "../webhook/all-webhooks.ts";

/** How things are. */
export function Overview() {
  const loaded = useStats(null, allWebhooks);
  const isEmpty = loaded.value?.more.length === 0;
  return (
    <>
      <header class="head">
        <Heading title="Overview" />
        {!isEmpty && <SpanSwitch />}
      </header>
      <Show of={loaded} what="overview">
        {(counted) => (isEmpty ? <None /> : <Doing counted={counted} />)}
      </Show>
    </>
  );
}

function Doing({ counted }: { readonly counted: Counted<readonly Webhook[]> }) {
  const { span, stats, more: webhooks } = counted;
  return (
    <div class={span === spanNow() ? "" : "stale"}>
      <Sentence said={summaryOf(stats, webhooks, { length: span.name, now: Date.now() })} />
      <Charts counted={counted} webhook={null} />
      <WebhookRows all={byNeed(webhooks, stats)} />
    </div>
  );
}

function Sentence({ said }: { readonly said: readonly Said[] }) {
  return (
    <p class="summary">
      {said.map(({ text, to }) => (to === undefined ? text : <Link to={to}>{text}</Link>))}
    </p>
  );
}

function None() {
  return (
    <div class="card empty">
      <h2>Nothing is sent anywhere yet</h2>
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
