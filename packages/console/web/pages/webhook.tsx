import { callApi, type Pause, type Webhook } from "../api.ts";
import { ConditionList } from "../conditions/condition-list.tsx";
import { formatDuration } from "../format.ts";
import { parseFilter } from "../list/delivery-filter.ts";
import { DeliveryFilters } from "../list/delivery-filters.tsx";
import { DeliveryList } from "../list/delivery-list.tsx";
import { StaleNotice } from "../parts/connection-status.tsx";
import { CopyableId } from "../parts/copyable-id.tsx";
import { getPauseLabel } from "../parts/delivery-status.tsx";
import { Heading } from "../parts/heading.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { currentRoute, Link, navigate } from "../router.tsx";
import { KeyHint } from "../shortcuts/key-hint.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { WebhookStats } from "../stats/webhook-stats.tsx";
import { VerificationGuide } from "../verify/how-to-verify.tsx";
import { WebhookActions } from "../webhook/webhook-actions.tsx";
import { getWebhookName } from "../webhook/webhook-name.ts";
import { renderWebhookStatus } from "../webhook/webhook-status.tsx";

interface WebhookWithPauses {
  readonly webhook: Webhook;
  readonly pauses: readonly Pause[];
}

/** One webhook: state, settings, statistics and deliveries. */
export function WebhookPage({ id }: { readonly id: string }) {
  const path = `/webhooks/${encodeURIComponent(id)}`;
  const loaded = useResource(id, async (): Promise<WebhookWithPauses> => {
    const [{ webhook }, { pauses }] = await Promise.all([
      callApi<{ readonly webhook: Webhook }>("GET", path),
      callApi<{ readonly pauses: readonly Pause[] }>("GET", `${path}/pauses`),
    ]);
    return { webhook, pauses };
  });
  return (
    <>
      <p class="back">
        <Link to="webhooks">Webhooks</Link>
      </p>
      {loaded.value === undefined && <Heading title="Webhook" isLoading={loaded.failure === undefined} />}
      <ResourceView resource={loaded} name="webhook" placeholder={<Skeleton rows={8} />}>
        {(loadedWebhook) => <WebhookDetails {...loadedWebhook} onChange={loaded.reload} />}
      </ResourceView>
    </>
  );
}

function WebhookDetails({
  webhook,
  pauses,
  onChange,
}: WebhookWithPauses & { readonly onChange: () => void }) {
  const { heron_id: id, url } = webhook;
  const edit = `webhooks/${id}/edit`;
  const filter = { ...parseFilter(currentRoute.value.query), webhook: id };
  useShortcuts({ e: () => navigate(edit) });
  return (
    <>
      <header class="head">
        <div>
          <Heading title={getWebhookName(webhook)} />
          <p class="hint">
            {url} · <CopyableId id={id} />
          </p>
        </div>
        <Link to={edit} class="button" aria-keyshortcuts="e">
          Edit <KeyHint keys="e" />
        </Link>
      </header>
      <StaleNotice />
      {renderWebhookStatus(webhook) !== null && <p>{renderWebhookStatus(webhook)}</p>}
      {pauses
        .filter(({ reason }) => reason !== "disabled")
        .map(({ reason, remaining_ms }) => (
          <p key={reason} class="mark paused">
            Paused: {getPauseLabel(reason)}
            {remaining_ms === null ? "." : `. Next attempt in about ${formatDuration(remaining_ms)}.`}
          </p>
        ))}
      <WebhookActions webhook={webhook} onChange={onChange} />
      <WebhookProperties webhook={webhook} />
      <VerificationGuide webhook={webhook} />
      <WebhookStats webhook={id} />
      <h2>Deliveries</h2>
      <DeliveryFilters filter={filter} path={`webhooks/${id}`} webhookNames={null} />
      <DeliveryList filter={filter} webhookNames={null} allPath={`webhooks/${id}`} />
    </>
  );
}

function WebhookProperties({
  webhook: { topics, conditions, headers, template },
}: {
  readonly webhook: Webhook;
}) {
  return (
    <dl class="properties">
      <dt>Topics</dt>
      <dd class="topics">
        {topics.map((topic) => (
          <code key={topic}>{topic}</code>
        ))}
      </dd>
      <dt>Conditions</dt>
      <dd>
        <ConditionList conditions={conditions} emptyText="All events" />
      </dd>
      <dt>Headers</dt>
      <dd>{Object.keys(headers ?? {}).join(", ") || "No custom headers"}</dd>
      <dt>Body</dt>
      <dd>{template === null ? "Full event" : <pre>{JSON.stringify(template, null, 2)}</pre>}</dd>
    </dl>
  );
}
