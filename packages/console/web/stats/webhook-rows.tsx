import { pluralize } from "../format.ts";
import { Link } from "../router.tsx";
import { getWebhookName } from "../webhook/webhook-name.ts";
import { renderWebhookStatus } from "../webhook/webhook-status.tsx";
import { needsAttention, type WebhookActivity } from "./needs-attention.ts";
import { countDeliveries, OUTCOMES, toDeliveriesPath } from "./outcomes.ts";

/** Rows shown; up to twice as many if they need attention. */
const MAX_ROWS = 8;

export function WebhookActivityList({ activities }: { readonly activities: readonly WebhookActivity[] }) {
  const attentionCount = activities.filter(needsAttention).length;
  const visible = activities.slice(0, Math.max(MAX_ROWS, Math.min(attentionCount, 2 * MAX_ROWS)));
  return (
    <section aria-labelledby="attention">
      <h2 id="attention">Webhooks</h2>
      <p class="hint">
        {attentionCount === 0
          ? "All webhooks are healthy."
          : `${attentionCount} ${attentionCount === 1 ? "needs" : "need"} attention.`}
      </p>
      <ul class="rows">
        {visible.map((activity) => (
          <WebhookActivityRow key={activity.webhook.heron_id} activity={activity} />
        ))}
      </ul>
      {visible.length < activities.length && (
        <p>
          <Link to="webhooks">All {pluralize(activities.length, "webhook")}</Link>
        </p>
      )}
    </section>
  );
}

function WebhookActivityRow({ activity: { webhook, counts } }: { readonly activity: WebhookActivity }) {
  const present = OUTCOMES.filter(({ outcome }) => counts[outcome] > 0);
  return (
    <li class="activity">
      <span class="what">
        <Link to={`webhooks/${webhook.heron_id}`}>
          <b>{getWebhookName(webhook)}</b>
        </Link>
        {webhook.description !== "" && <span class="hint">{webhook.url}</span>}
      </span>
      <span class="state">{renderWebhookStatus(webhook)}</span>
      <span class="counts">
        {countDeliveries(counts) === 0 && <span class="hint">No deliveries</span>}
        {present.map(({ outcome, name, shape, word, status }) => (
          <span key={outcome} class={`mark ${name}`}>
            <span class="shape" aria-hidden="true">
              {shape}
            </span>
            <Link to={toDeliveriesPath(status, webhook.heron_id)}>
              {counts[outcome].toLocaleString("en")} {word}
            </Link>
          </span>
        ))}
      </span>
    </li>
  );
}
