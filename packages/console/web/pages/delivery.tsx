import { useEffect, useState } from "preact/hooks";
import { type Attempt, ask, type DeliveryLog, Refused } from "../api.ts";
import { onDelivery } from "../live.ts";
import { Id } from "../parts/id.tsx";
import { Show, useLoaded } from "../parts/loaded.tsx";
import { Mark, whyOf } from "../parts/mark.tsx";
import { When } from "../parts/when.tsx";
import { Link } from "../router.tsx";

/** One delivery: what it waits for, every attempt, and its event. */
export function Delivery({ id }: { readonly id: string }) {
  const loaded = useLoaded(id, () => ask<DeliveryLog>("GET", `/webhooks/deliveries/${id}`));
  const [said, setSaid] = useState("");
  useEffect(() => onDelivery(({ heron_id }) => heron_id === id && loaded.reload()), [id, loaded]);
  const retry = async (): Promise<void> => {
    setSaid("Sending…");
    try {
      await ask("POST", `/webhooks/deliveries/${id}/retry`);
      loaded.reload();
      setSaid("");
    } catch (error) {
      setSaid(error instanceof Refused ? error.message : String(error));
    }
  };
  return (
    <Show of={loaded}>
      {({ delivery, attempts, payload }) => (
        <>
          <header class="head">
            <div>
              <h1>
                <code>{delivery.topic}</code>
              </h1>
              <p class="hint">
                <Id id={delivery.heron_id} /> to <Link to={`webhooks/${delivery.webhook}`}>its webhook</Link>,{" "}
                <When at={delivery.created} />
              </p>
            </div>
            {delivery.status !== "pending" && (
              <button type="button" class="primary" onClick={() => void retry()}>
                Send again
              </button>
            )}
          </header>
          <p>
            <Mark delivery={delivery} />
          </p>
          {whyOf(delivery) !== null && <p class="why">{whyOf(delivery)}</p>}
          <p role="status">{said}</p>
          <h2>Attempts</h2>
          {attempts.length === 0 ? (
            <p class="hint">None has ended yet, or they are kept no more.</p>
          ) : (
            <ol class="attempts">
              {attempts.map((attempt) => (
                <Made key={attempt.number} attempt={attempt} />
              ))}
            </ol>
          )}
          <h2>Event</h2>
          <pre>{pretty(payload)}</pre>
        </>
      )}
    </Show>
  );
}

function Made({ attempt }: { readonly attempt: Attempt }) {
  const { http_status: status, reason, ms, at, response_text: text } = attempt;
  return (
    <li class={reason === null ? "ok" : "dead"}>
      <p>
        <b>{status === 0 || status === null ? "No answer" : status}</b>{" "}
        <span class="hint">in {Math.round(ms)} ms, </span>
        <When at={at} /> {reason !== null && <span class="hint">{reason}</span>}
      </p>
      {text !== null && text !== "" && <pre>{text}</pre>}
    </li>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
