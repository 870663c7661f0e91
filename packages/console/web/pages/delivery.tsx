import { useEffect, useState } from "preact/hooks";
import { type ApiError, callApi, type DeliveryDetails } from "../api.ts";
import { AttemptComparison } from "../delivery/attempt-comparison.tsx";
import { AttemptList } from "../delivery/attempt-list.tsx";
import { DeliveryRequest } from "../delivery/delivery-request.tsx";
import { notifyDelivery, onConnect, onDelivery } from "../live.ts";
import { CodeBlock, formatJson } from "../parts/code.tsx";
import { StaleNotice } from "../parts/connection-status.tsx";
import { CopyableId } from "../parts/copyable-id.tsx";
import { DeliveryStatus, describeWait } from "../parts/delivery-status.tsx";
import { Heading } from "../parts/heading.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import { type Resource, ResourceView, Skeleton, toApiError, useResource } from "../parts/resource.tsx";
import { Link, navigateBack } from "../router.tsx";
import { KeyHint } from "../shortcuts/key-hint.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { loadAllWebhooks } from "../webhook/load-webhooks.ts";
import { getWebhookName } from "../webhook/webhook-name.ts";

/** Polls during an attempt, because the stream only covers the newest deliveries. */
const POLL_INTERVAL_MS = 1000;

/** One delivery: its state, attempts, request and event. */
export function DeliveryPage({ id }: { readonly id: string }) {
  const resource = useResource(id, () =>
    callApi<DeliveryDetails>("GET", `/webhooks/deliveries/${encodeURIComponent(id)}`),
  );
  useEffect(() => onConnect(resource.reload), []);
  useShortcuts({
    Escape: () => navigateBack(/^\/(deliveries($|\?)|webhooks\/(?!new$)[^/]+$)/, "deliveries"),
  });
  return (
    <>
      <p class="back">
        <Link to="deliveries">Deliveries</Link>
      </p>
      {resource.value === undefined && (
        <Heading title="Delivery" isLoading={resource.failure === undefined} />
      )}
      <ResourceView resource={resource} name="delivery" placeholder={<Skeleton rows={5} />}>
        {(details) => <DeliveryView details={details} resource={resource} />}
      </ResourceView>
    </>
  );
}

function DeliveryView({
  details,
  resource,
}: {
  readonly details: DeliveryDetails;
  readonly resource: Resource<DeliveryDetails>;
}) {
  const { delivery, attempts, payload } = details;
  const { heron_id: id, topic, webhook, created } = delivery;
  const webhooks = useResource("webhooks", loadAllWebhooks);
  const webhookDto = webhooks.value?.find((candidate) => candidate.heron_id === webhook);
  const name = webhookDto === undefined ? "webhook" : getWebhookName(webhookDto);
  const { isSending, failure, retry } = useRetry(details, resource);
  const [isComparing, setComparing] = useState(false);
  const compare = (): void => setComparing((wasComparing) => !wasComparing && attempts.length > 1);
  useShortcuts({ r: retry, d: compare });
  const waitReason = describeWait(delivery);
  return (
    <>
      <header class="head">
        <div>
          <Heading title={`Delivery of ${topic}`}>
            <code>{topic}</code>
          </Heading>
          <p class="hint">
            <CopyableId id={id} /> to <Link to={`webhooks/${webhook}`}>{name}</Link>,{" "}
            <RelativeTime at={created} />
          </p>
        </div>
        {(delivery.status !== "pending" || isSending) && (
          <button type="button" class="primary" disabled={isSending} onClick={retry} aria-keyshortcuts="r">
            {isSending ? "Sending…" : "Retry delivery"} <KeyHint keys="r" />
          </button>
        )}
      </header>
      <StaleNotice />
      <p>
        <DeliveryStatus delivery={delivery} />
      </p>
      {waitReason !== null && <p class="wait-reason">{waitReason}</p>}
      {failure !== null && (
        <p class="error" role="alert">
          {failure.message}
        </p>
      )}
      <div class="head">
        <h2>Attempts</h2>
        {attempts.length > 1 && !isComparing && (
          <button type="button" onClick={compare} aria-keyshortcuts="d">
            Compare attempts <KeyHint keys="d" />
          </button>
        )}
      </div>
      {isComparing && <AttemptComparison attempts={attempts} onClose={() => setComparing(false)} />}
      <AttemptList attempts={attempts} isSending={isSending} />
      <DeliveryRequest delivery={delivery} />
      <h2>Event</h2>
      <CodeBlock text={formatJson(payload)} label="Event" />
    </>
  );
}

/** Retries a delivery and reloads it until the attempt has ended. */
function useRetry({ delivery, attempts }: DeliveryDetails, { reload }: Resource<DeliveryDetails>) {
  /** The number of the last attempt before the retry; null without a retry. */
  const [retriedAfter, setRetriedAfter] = useState<number | null>(null);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const last = attempts.at(-1)?.number ?? 0;
  const waitKind = delivery.waiting_for?.kind;
  // A paused or postponed delivery has no attempt in flight.
  const isSending =
    retriedAfter !== null && last <= retriedAfter && waitKind !== "pause" && waitKind !== "retry";
  useEffect(
    () =>
      onDelivery((changed) => {
        if (changed.heron_id === delivery.heron_id && changed !== delivery && hasChanged(changed, delivery))
          reload();
      }),
    [delivery],
  );
  // After the listener above knows this delivery: it would reload for it otherwise, again and again.
  useEffect(() => notifyDelivery(delivery), [delivery]);
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

/** Whether more than a remaining time has changed. */
function hasChanged(before: DeliveryDetails["delivery"], after: DeliveryDetails["delivery"]): boolean {
  const state = ({
    status,
    attempt_count,
    response_status,
    reason,
    waiting_for,
  }: DeliveryDetails["delivery"]): string =>
    JSON.stringify([status, attempt_count, response_status, reason, waiting_for?.kind]);
  return state(before) !== state(after);
}
