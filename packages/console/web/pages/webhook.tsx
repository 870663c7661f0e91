import { useState } from "preact/hooks";
import { ask, type Gate, Refused, type Webhook as Shown } from "../api.ts";
import { Id } from "../parts/id.tsx";
import { Show, useLoaded } from "../parts/loaded.tsx";
import { gateName, many, span } from "../parts/mark.tsx";
import { go, Link } from "../router.tsx";
import { WebhookStats } from "../stats/webhook-stats.tsx";
import { DeliveryList } from "./deliveries.tsx";
import { Secrets } from "./secrets.tsx";
import { hostOf, stateOf } from "./webhooks.tsx";

interface Trial {
  readonly ok: boolean;
  readonly reason: string | null;
  readonly status: number | null;
  readonly answer: string | null;
  readonly ms: number;
  readonly topic: string;
  readonly body: string | null;
}

/** One webhook: what it is, how it is doing, and what it got. */
export function Webhook({ id }: { readonly id: string }) {
  const loaded = useLoaded(id, async () => ({
    webhook: (await ask<{ readonly webhook: Shown }>("GET", `/webhooks/${id}`)).webhook,
    gates: (await ask<{ readonly gates: readonly Gate[] }>("GET", `/webhooks/${id}/gates`)).gates,
  }));
  return (
    <Show of={loaded}>
      {({ webhook, gates }) => (
        <>
          <header class="head">
            <div>
              <h1>{webhook.description === "" ? hostOf(webhook.url) : webhook.description}</h1>
              <p class="hint">
                {webhook.url} · <Id id={webhook.heron_id} />
              </p>
            </div>
            <Link to={`webhooks/${id}/edit`} class="button">
              Edit
            </Link>
          </header>
          <p>{stateOf(webhook)}</p>
          {gates
            .filter(({ gate }) => gate !== "disabled")
            .map((gate) => (
              <p key={gate.gate} class="mark gate">
                Held: {gateName(gate.gate)}
                {gate.closed_ms === null ? "" : `, for about ${span(gate.closed_ms)} more`}
              </p>
            ))}
          <Actions webhook={webhook} changed={loaded.reload} />
          <dl class="facts">
            <dt>Topics</dt>
            <dd class="topics">
              {webhook.topics.map((topic) => (
                <code key={topic}>{topic}</code>
              ))}
            </dd>
            <dt>Headers</dt>
            <dd>{Object.keys(webhook.headers ?? {}).join(", ") || "None of its own"}</dd>
            <dt>Body</dt>
            <dd>
              {webhook.body === null ? (
                "The event as it is"
              ) : (
                <pre>{JSON.stringify(webhook.body, null, 2)}</pre>
              )}
            </dd>
            <dt>Secret</dt>
            <dd>
              <Secrets id={id} />
            </dd>
          </dl>
          <WebhookStats webhook={id} />
          <h2>Deliveries</h2>
          <DeliveryList webhook={id} />
        </>
      )}
    </Show>
  );
}

function Actions({ webhook, changed }: { readonly webhook: Shown; readonly changed: () => void }) {
  const { heron_id: id, is_enabled } = webhook;
  const [trial, setTrial] = useState<Trial | null>(null);
  const [said, setSaid] = useState("");
  const [isBusy, setBusy] = useState(false);
  const doing = (work: () => Promise<string>) => async (): Promise<void> => {
    setBusy(true);
    setTrial(null);
    setSaid(
      await work().catch((error: unknown) => (error instanceof Refused ? error.message : String(error))),
    );
    setBusy(false);
  };
  const test = doing(async () => {
    setTrial(await ask<Trial>("POST", `/webhooks/${id}/test`, {}));
    return "";
  });
  const toggle = doing(async () => {
    await ask("PUT", `/webhooks/${id}`, { is_enabled: !is_enabled });
    changed();
    return is_enabled ? "Disabled: what it is owed waits, and nothing is lost." : "Enabled.";
  });
  const recover = doing(async () => {
    const { recovered } = await ask<{ readonly recovered: number }>("POST", `/webhooks/${id}/recover`, {
      since: "24h",
    });
    return `${many(recovered, "delivery").replace("deliverys", "deliveries")} of the last 24 hours will be sent again.`;
  });
  const remove = doing(async () => {
    if (!confirm("Delete this webhook, and what it is still owed? This cannot be taken back.")) return "";
    await ask("DELETE", `/webhooks/${id}`);
    go("webhooks");
    return "";
  });
  return (
    <section aria-label="Actions">
      <p class="actions">
        <button type="button" class="primary" disabled={isBusy} onClick={() => void test()}>
          Send a test
        </button>
        <button type="button" disabled={isBusy} onClick={() => void recover()}>
          Recover the last 24 hours
        </button>
        <button type="button" disabled={isBusy} onClick={() => void toggle()}>
          {is_enabled ? "Disable" : "Enable"}
        </button>
        <button type="button" class="danger" disabled={isBusy} onClick={() => void remove()}>
          Delete
        </button>
      </p>
      <p role="status">{said}</p>
      {trial !== null && <TrialResult trial={trial} />}
    </section>
  );
}

function TrialResult({ trial }: { readonly trial: Trial }) {
  const { ok, status, reason, answer, ms, topic, body } = trial;
  return (
    <div class={`card trial ${ok ? "ok" : "dead"}`} role="status">
      <p>
        <b>{ok ? `The receiver took it: ${status}` : `It would not have been delivered: ${reason}`}</b> in{" "}
        {ms} ms
      </p>
      {answer !== null && answer !== "" && <pre>{answer}</pre>}
      <details>
        <summary>
          What was sent, an example of <code>{topic}</code>
        </summary>
        <pre>{body ?? "Its body could not be made."}</pre>
      </details>
    </div>
  );
}
