import { useEffect, useState } from "preact/hooks";
import { callApi, type DeliveryDetails, type ApiError } from "../api.ts";
import { AttemptList } from "../delivery/attempt-list.tsx";
import { AttemptComparison } from "../delivery/attempt-comparison.tsx";
import { DeliveryRequest } from "../delivery/delivery-request.tsx";
import { KeyHint } from "../shortcuts/key-hint.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { onConnect, onDelivery, notifyDelivery } from "../live.ts";
import { CodeBlock, formatJson } from "../parts/code.tsx";
import { StaleNotice } from "../parts/connection-status.tsx";
import { Heading } from "../parts/heading.tsx";
import { CopyableId } from "../parts/copyable-id.tsx";
import { type Resource, toApiError, ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { DeliveryStatus, describeWait } from "../parts/delivery-status.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import { navigateBack, Link } from "../router.tsx";
import { loadAllWebhooks } from "../webhook/load-webhooks.ts";
import { getWebhookName } from "../webhook/webhook-name.ts";

/** While an attempt is under way it is looked so often, in milliseconds: the stream has only the newest deliveries. */
const POLL_INTERVAL_MS = 1000;

/** One delivery: what it waits for, every attempt, the request, and its event. */
export function DeliveryPage({ id }: { readonly id: string }) {
  const resource = useResource(id, async () => {
    const log = await callApi<DeliveryDetails>("GET", `/webhooks/deliveries/${encodeURIComponent(id)}`);
    notifyDelivery(log.delivery);
    return log;
  });
  useEffect(() => onConnect(resource.reload), []);
  useShortcuts({ Escape: () => navigateBack(/^\/(deliveries($|\?)|webhooks\/(?!new$)[^/]+$)/, "deliveries") });
  return (
    <>
      <p class="back">
        <Link to="deliveries">Deliveries</Link>
      </p>
      {resource.value === undefined && (
        <Heading title="Delivery" isProvisional={resource.failure === undefined} />
      )}
      <ResourceView resource={resource} name="delivery" placeholder={<Skeleton rows={5} />}>
        {(log) => <DeliveryView log={log} loaded={resource} />}
      </ResourceView>
    </>
  );
}

function DeliveryView({ log: details, loaded: resource }: { readonly log: DeliveryDetails; readonly loaded: Resource<DeliveryDetails> }) {
  const { delivery, attempts, payload } = details;
  const { heron_id: id, topic, webhook, created } = delivery;
  const webhooks = useResource("webhooks", loadAllWebhooks);
  const webhookDto = webhooks.value?.find((candidate) => candidate.heron_id === webhook);
  const name = webhookDto === undefined ? "its webhook" : getWebhookName(webhookDto);
  const { isSending, failure, retry } = useRetry(details, resource);
  const [isComparing, setComparing] = useState(false);
  const compare = (): void => setComparing((wasComparing) => !wasComparing && attempts.length > 1);
  useShortcuts({ r: retry, d: compare });
  const waitReason = describeWait(delivery);
  return (
    <>
      <header class="head">
        <div>
          <Heading title={`${topic}, a delivery`}>
            <code>{topic}</code>
          </Heading>
          <p class="hint">
            <CopyableId id={id} /> to <Link to={`webhooks/${webhook}`}>{name}</Link>, <RelativeTime at={created} />
          </p>
        </div>
        {(delivery.status !== "pending" || isSending) && (
          <button type="button" class="primary" disabled={isSending} onClick={retry} aria-keyshortcuts="r">
            {isSending ? "Sending…" : "Send again"} <KeyHint keys="r" />
          </button>
        )}
      </header>
      <StaleNotice />
      <p>
        <DeliveryStatus delivery={delivery} />
      </p>
      {waitReason !== null && <p class="why">{waitReason}</p>}
      {failure !== null && (
        <p class="error" role="alert">
          {failure.message}
        </p>
      )}
      <div class="head">
        <h2>Attempts</h2>
        {attempts.length > 1 && !isComparing && (
          <button type="button" onClick={compare} aria-keyshortcuts="d">
            Compare two <KeyHint keys="d" />
          </button>
        )}
      </div>
      {isComparing && <AttemptComparison attempts={attempts} close={() => setComparing(false)} />}
      <AttemptList attempts={attempts} isSending={isSending} />
      <DeliveryRequest delivery={delivery} />
      <h2>Event</h2>
      <CodeBlock text={formatJson(payload)} label="The event" />
    </>
  );
}

/** Sends it again, and looks until the attempt that this makes has ended. */
function useRetry({ delivery, attempts }: DeliveryDetails, { reload }: Resource<DeliveryDetails>) {
  /** The last attempt that there was when it was asked for; null if it was not. */
  const [retriedAfter, setRetriedAfter] = useState<number | null>(null);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const last = attempts.at(-1)?.number ?? 0;
  const waitKind = delivery.waiting_for?.for;
  // Held, or put off, there is nothing under way.
  const isSending = retriedAfter !== null && last <= retriedAfter && waitKind !== "gate" && waitKind !== "retry";
  useEffect(
    () =>
      onDelivery((changed) => {
        if (changed.heron_id === delivery.heron_id && changed !== delivery && hasChanged(changed, delivery))
          reload();
      }),
    [delivery],
  );
  useEffect(() => {
    if (!isSending) return;
    const timer = setInterval(reload, POLL_INTERVAL_MS);
    return () => clearInterval(timer);
  }, [isSending]);
  const retry = (): void => {
    if (isSending || delivery.status === "pending") return;
    setRetriedAfter(last);
    setFailure(null);
    callApi("POST", `/webhooks/deliveries/${delivery.heron_id}/retry`).then(reload, (error: unknown) => {
      setRetriedAfter(null);
      setFailure(toApiError(error));
    });
  };
  return { isSending, failure, retry };
}

/** Whether more has changed than the time until it is due. */
function hasChanged(before: DeliveryDetails["delivery"], after: DeliveryDetails["delivery"]): boolean {
  const state = ({ status, attempt_count, response_status, reason, waiting_for }: DeliveryDetails["delivery"]): string =>
    JSON.stringify([status, attempt_count, response_status, reason, waiting_for?.for]);
  return state(before) !== state(after);
}
