import { ask, type Gate, type Webhook as Shown } from "../api.ts";
import { ConditionWords } from "../conditions/words.tsx";
import { Key } from "../keys/key.tsx";
import { useKeys } from "../keys/listen.ts";
import { DeliveryList } from "../list/delivery-list.tsx";
import { filterIn } from "../list/filter.ts";
import { Filters } from "../list/filters.tsx";
import { AsOf } from "../parts/connection.tsx";
import { Heading } from "../parts/heading.tsx";
import { Id } from "../parts/id.tsx";
import { type Loaded, Show, Skeleton, useLoaded } from "../parts/loaded.tsx";
import { gateName } from "../parts/mark.tsx";
import { go, Link, place } from "../router.tsx";
import { WebhookStats } from "../stats/webhook-stats.tsx";
import { HowToVerify } from "../verify/how-to-verify.tsx";
import { Actions } from "../webhook/actions.tsx";
import { nameOf } from "../webhook/name.ts";
import { stateOf } from "../webhook/state.tsx";
import { span } from "../words.ts";

interface Standing {
  readonly webhook: Shown;
  readonly gates: readonly Gate[];
}

/** One webhook: what it is, how it is doing, and what it got. */
export function Webhook({ id }: { readonly id: string }) {
  const path = `/webhooks/${encodeURIComponent(id)}`;
  const loaded = useLoaded(id, async (): Promise<Standing> => {
    const [{ webhook }, { gates }] = await Promise.all([
      ask<{ readonly webhook: Shown }>("GET", path),
      ask<{ readonly gates: readonly Gate[] }>("GET", `${path}/gates`),
    ]);
    return { webhook, gates };
  });
  return (
    <>
      <p class="back">
        <Link to="webhooks">Webhooks</Link>
      </p>
      {loaded.value === undefined && <Heading title="Webhook" isProvisional={loaded.failure === undefined} />}
      <Show of={loaded} what="webhook" outline={<Skeleton rows={8} />}>
        {(standing) => <Standing {...standing} loaded={loaded} />}
      </Show>
    </>
  );
}

function Standing({ webhook, gates, loaded }: Standing & { readonly loaded: Loaded<Standing> }) {
  const { heron_id: id, url } = webhook;
  const edit = `webhooks/${id}/edit`;
  const filter = { ...filterIn(place.value.query), webhook: id };
  useKeys({ e: () => go(edit) });
  return (
    <>
      <header class="head">
        <div>
          <Heading title={nameOf(webhook)} />
          <p class="hint">
            {url} · <Id id={id} />
          </p>
        </div>
        <Link to={edit} class="button" aria-keyshortcuts="e">
          Edit <Key keys="e" />
        </Link>
      </header>
      <AsOf />
      {stateOf(webhook) !== null && <p>{stateOf(webhook)}</p>}
      {gates
        .filter(({ gate }) => gate !== "disabled")
        .map((gate) => (
          <p key={gate.gate} class="mark gate">
            Held: {gateName(gate.gate)}
            {gate.closed_ms === null ? "" : `, for about ${span(gate.closed_ms)} more`}
          </p>
        ))}
      <Actions webhook={webhook} changed={loaded.reload} />
      <Facts webhook={webhook} />
      <HowToVerify webhook={webhook} />
      <WebhookStats webhook={id} />
      <h2>Deliveries</h2>
      <Filters filter={filter} path={`webhooks/${id}`} names={null} />
      <DeliveryList filter={filter} names={null} all={`webhooks/${id}`} />
    </>
  );
}

function Facts({ webhook: { topics, when, headers, body } }: { readonly webhook: Shown }) {
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
        <ConditionWords when={when} none="Whatever is in them" />
      </dd>
      <dt>Headers</dt>
      <dd>{Object.keys(headers ?? {}).join(", ") || "None of its own"}</dd>
      <dt>Body</dt>
      <dd>{body === null ? "The event as it is" : <pre>{JSON.stringify(body, null, 2)}</pre>}</dd>
    </dl>
  );
}
