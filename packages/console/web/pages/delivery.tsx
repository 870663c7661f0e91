import { useEffect, useState } from "preact/hooks";
import { ask, type DeliveryLog, type Refused } from "../api.ts";
import { Attempts } from "../delivery/attempts.tsx";
import { Compare } from "../delivery/compare.tsx";
import { GoingOut } from "../delivery/going-out.tsx";
import { Key } from "../keys/key.tsx";
import { useKeys } from "../keys/listen.ts";
import { onBeginning, onDelivery, tell } from "../live.ts";
import { Code, pretty } from "../parts/code.tsx";
import { AsOf } from "../parts/connection.tsx";
import { Heading } from "../parts/heading.tsx";
import { Id } from "../parts/id.tsx";
import { type Loaded, refusalOf, Show, Skeleton, useLoaded } from "../parts/loaded.tsx";
import { Mark, whyOf } from "../parts/mark.tsx";
import { When } from "../parts/when.tsx";
import { goBack, Link } from "../router.tsx";
import { allWebhooks } from "../webhook/all-webhooks.ts";
import { nameOf } from "../webhook/name.ts";

/** While an attempt is under way it is looked so often, in milliseconds: the stream has only the newest deliveries. */
const EVERY = 1000;

/** One delivery: what it waits for, every attempt, the request, and its event. */
export function Delivery({ id }: { readonly id: string }) {
  const loaded = useLoaded(id, async () => {
    const log = await ask<DeliveryLog>("GET", `/webhooks/deliveries/${encodeURIComponent(id)}`);
    tell(log.delivery);
    return log;
  });
  useEffect(() => onBeginning(loaded.reload), []);
  useKeys({ Escape: () => goBack(/^\/(deliveries($|\?)|webhooks\/(?!new$)[^/]+$)/, "deliveries") });
  return (
    <>
      <p class="back">
        <Link to="deliveries">Deliveries</Link>
      </p>
      {loaded.value === undefined && (
        <Heading title="Delivery" isProvisional={loaded.failure === undefined} />
      )}
      <Show of={loaded} what="delivery" outline={<Skeleton rows={5} />}>
        {(log) => <Shown log={log} loaded={loaded} />}
      </Show>
    </>
  );
}

function Shown({ log, loaded }: { readonly log: DeliveryLog; readonly loaded: Loaded<DeliveryLog> }) {
  const { delivery, attempts, payload } = log;
  const { heron_id: id, topic, webhook, created } = delivery;
  const webhooks = useLoaded("webhooks", allWebhooks);
  const found = webhooks.value?.find((one) => one.heron_id === webhook);
  const name = found === undefined ? "its webhook" : nameOf(found);
  const { isSending, failure, retry } = useRetry(log, loaded);
  const [isComparing, setComparing] = useState(false);
  const compare = (): void => setComparing((before) => !before && attempts.length > 1);
  useKeys({ r: retry, d: compare });
  const why = whyOf(delivery);
  return (
    <>
      <header class="head">
        <div>
          <Heading title={`${topic}, a delivery`}>
            <code>{topic}</code>
          </Heading>
          <p class="hint">
            <Id id={id} /> to <Link to={`webhooks/${webhook}`}>{name}</Link>, <When at={created} />
          </p>
        </div>
        {(delivery.status !== "pending" || isSending) && (
          <button type="button" class="primary" disabled={isSending} onClick={retry} aria-keyshortcuts="r">
            {isSending ? "Sending…" : "Send again"} <Key keys="r" />
          </button>
        )}
      </header>
      <AsOf />
      <p>
        <Mark delivery={delivery} />
      </p>
      {why !== null && <p class="why">{why}</p>}
      {failure !== null && (
        <p class="error" role="alert">
          {failure.message}
        </p>
      )}
      <div class="head">
        <h2>Attempts</h2>
        {attempts.length > 1 && !isComparing && (
          <button type="button" onClick={compare} aria-keyshortcuts="d">
            Compare two <Key keys="d" />
          </button>
        )}
      </div>
      {isComparing && <Compare attempts={attempts} close={() => setComparing(false)} />}
      <Attempts attempts={attempts} isSending={isSending} />
      <GoingOut delivery={delivery} />
      <h2>Event</h2>
      <Code text={pretty(payload)} label="The event" />
    </>
  );
}

/** Sends it again, and looks until the attempt that this makes has ended. */
function useRetry({ delivery, attempts }: DeliveryLog, { reload }: Loaded<DeliveryLog>) {
  /** The last attempt that there was when it was asked for; null if it was not. */
  const [after, setAfter] = useState<number | null>(null);
  const [failure, setFailure] = useState<Refused | null>(null);
  const last = attempts.at(-1)?.number ?? 0;
  const waits = delivery.waits_for?.for;
  // Held, or put off, there is nothing under way.
  const isSending = after !== null && last <= after && waits !== "gate" && waits !== "retry";
  useEffect(
    () =>
      onDelivery((changed) => {
        if (changed.heron_id === delivery.heron_id && changed !== delivery && isOther(changed, delivery))
          reload();
      }),
    [delivery],
  );
  useEffect(() => {
    if (!isSending) return;
    const timer = setInterval(reload, EVERY);
    return () => clearInterval(timer);
  }, [isSending]);
  const retry = (): void => {
    if (isSending || delivery.status === "pending") return;
    setAfter(last);
    setFailure(null);
    ask("POST", `/webhooks/deliveries/${delivery.heron_id}/retry`).then(reload, (error: unknown) => {
      setAfter(null);
      setFailure(refusalOf(error));
    });
  };
  return { isSending, failure, retry };
}

/** Whether more has changed than the time until it is due. */
function isOther(one: DeliveryLog["delivery"], other: DeliveryLog["delivery"]): boolean {
  const state = ({ status, attempts, http_status, reason, waits_for }: DeliveryLog["delivery"]): string =>
    JSON.stringify([status, attempts, http_status, reason, waits_for?.for]);
  return state(one) !== state(other);
}
