import { Link } from "../router.tsx";
import { getWebhookName } from "../webhook/webhook-name.ts";
import { renderWebhookStatus } from "../webhook/webhook-status.tsx";
import { pluralize } from "../format.ts";
import { type WebhookActivity, needsAttention } from "./needs-attention.ts";
import { countDeliveries, toDeliveriesPath, OUTCOMES } from "./outcomes.ts";

/** So many are shown, and of those that need someone twice that. */
const MAX_ROWS = 8;

/** Webhooks with what they got, in the order given. */
export function WebhookActivityList({ all: activities }: { readonly all: readonly WebhookActivity[] }) {
  const attentionCount = activities.filter(needsAttention).length;
  const shown = activities.slice(0, Math.max(MAX_ROWS, Math.min(attentionCount, 2 * MAX_ROWS)));
  return (
    <section aria-labelledby="need">
      <h2 id="need">Webhooks</h2>
      <p class="hint">{attentionCount === 0 ? "All webhooks are healthy." : `${attentionCount} to look at, first in the list.`}</p>
      <ul class="rows">
        {shown.map((doing) => (
          <WebhookActivityRow key={doing.webhook.heron_id} doing={doing} />
        ))}
      </ul>
      {shown.length < activities.length && (
        <p>
          <Link to="webhooks">All {pluralize(activities.length, "webhook")}</Link>
        </p>
      )}
    </section>
  );
}

function WebhookActivityRow({ doing: { webhook, counts } }: { readonly doing: WebhookActivity }) {
  const present = OUTCOMES.filter(({ outcome }) => counts[outcome] > 0);
  return (
    <li class="doing">
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
