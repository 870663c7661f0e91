import { callApi, type Pause, type Webhook as Shown } from "../api.ts";
import { ConditionList } from "../conditions/condition-list.tsx";
import { KeyHint } from "../shortcuts/key-hint.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { DeliveryList } from "../list/delivery-list.tsx";
import { parseFilter } from "../list/delivery-filter.ts";
import { DeliveryFilters } from "../list/delivery-filters.tsx";
import { StaleNotice } from "../parts/connection-status.tsx";
import { Heading } from "../parts/heading.tsx";
import { CopyableId } from "../parts/copyable-id.tsx";
import { type Resource, ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { getPauseLabel } from "../parts/delivery-status.tsx";
import { navigate, Link, currentRoute } from "../router.tsx";
import { WebhookStats } from "../stats/webhook-stats.tsx";
import { VerificationGuide } from "../verify/how-to-verify.tsx";
import { WebhookActions } from "../webhook/webhook-actions.tsx";
import { getWebhookName } from "../webhook/webhook-name.ts";
import { renderWebhookStatus } from "../webhook/webhook-status.tsx";
import { formatDuration } from "../format.ts";

interface WebhookDetails {
  readonly webhook: Shown;
  readonly pauses: readonly Pause[];
}

/** One webhook: what it is, how it is doing, and what it got. */
export function WebhookPage({ id }: { readonly id: string }) {
  const path = `/webhooks/${encodeURIComponent(id)}`;
  const loaded = useResource(id, async (): Promise<WebhookDetails> => {
    const [{ webhook }, { gates: pauses }] = await Promise.all([
      callApi<{ readonly webhook: Shown }>("GET", path),
      callApi<{ readonly gates: readonly Pause[] }>("GET", `${path}/gates`),
    ]);
    return { webhook, pauses };
  });
  return (
    <>
      <p class="back">
        <Link to="webhooks">Webhooks</Link>
      </p>
      {loaded.value === undefined && <Heading title="Webhook" isProvisional={loaded.failure === undefined} />}
      <ResourceView resource={loaded} name="webhook" placeholder={<Skeleton rows={8} />}>
        {(standing) => <WebhookDetails {...standing} loaded={loaded} />}
      </ResourceView>
    </>
  );
}

function WebhookDetails({ webhook, pauses, loaded }: WebhookDetails & { readonly loaded: Resource<WebhookDetails> }) {
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
        .map((gate) => (
          <p key={gate.reason} class="mark gate">
            Held: {getPauseLabel(gate.reason)}
            {gate.until === null ? "" : `, for about ${formatDuration(gate.until)} more`}
          </p>
        ))}
      <WebhookActions webhook={webhook} changed={loaded.reload} />
      <WebhookProperties webhook={webhook} />
      <VerificationGuide webhook={webhook} />
      <WebhookStats webhook={id} />
      <h2>Deliveries</h2>
      <DeliveryFilters filter={filter} path={`webhooks/${id}`} webhookNames={null} />
      <DeliveryList filter={filter} webhookNames={null} allPath={`webhooks/${id}`} />
    </>
  );
}

function WebhookProperties({ webhook: { topics, conditions, headers, template } }: { readonly webhook: Shown }) {
  return (
    <dl class="facts">
      <dt>Topics</dt>
      <dd class="topics">
        {topics.map((topic) => (
          <code key={topic}>{topic}</code>
        ))}
      </dd>
      <dt>Only if</dt>
      <dd>
        <ConditionList when={conditions} none="Whatever is in them" />
      </dd>
      <dt>Headers</dt>
      <dd>{Object.keys(headers ?? {}).join(", ") || "No custom headers"}</dd>
      <dt>Body</dt>
      <dd>{template === null ? "Full event" : <pre>{JSON.stringify(template, null, 2)}</pre>}</dd>
    </dl>
  );
}
