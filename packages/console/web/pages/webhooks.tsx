import { useRef } from "preact/hooks";
import type { Webhook } from "../api.ts";
import { Key } from "../keys/key.tsx";
import { useKeys } from "../keys/listen.ts";
import { AsOf } from "../parts/connection.tsx";
import { Heading } from "../parts/heading.tsx";
import { Show, Skeleton, useLoaded } from "../parts/loaded.tsx";
import { When } from "../parts/when.tsx";
import { go, Link, place } from "../router.tsx";
import { allWebhooks } from "../webhook/all-webhooks.ts";
import { matching } from "../webhook/matching.ts";
import { nameOf } from "../webhook/name.ts";
import { stateOf } from "../webhook/state.tsx";

/** All of the account's webhooks. */
export function Webhooks() {
  const loaded = useLoaded("webhooks", allWebhooks);
  return (
    <>
      <header class="head">
        <Heading title="Webhooks" />
        <Link to="webhooks/new" class="button primary" aria-keyshortcuts="n">
          Add webhook <Key keys="n" />
        </Link>
      </header>
      <AsOf />
      <Show of={loaded} what="list of webhooks" outline={<Skeleton rows={5} kind="row" />}>
        {(webhooks) => (webhooks.length === 0 ? <None /> : <Found webhooks={webhooks} />)}
      </Show>
    </>
  );
}

function None() {
  return (
    <div class="card empty">
      <h2>No webhooks yet</h2>
      <p>A webhook posts events of yours to an address: to a server, or to a channel of Slack's.</p>
      <Link to="webhooks/new" class="button primary">
        Add webhook
      </Link>
    </div>
  );
}

/** Those with what is looked for in them; the text is in the address. */
function Found({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  const wanted = place.value.query.get("q") ?? "";
  const field = useRef<HTMLInputElement>(null);
  const focus = (): void => field.current?.focus();
  useKeys({ f: focus, "/": focus });
  const look = (text: string): void => {
    go(text === "" ? "webhooks" : `webhooks?${new URLSearchParams({ q: text })}`, "replace");
  };
  const found = matching(webhooks, wanted);
  return (
    <>
      <label class="filter">
        <span>Filter</span>
        <input
          ref={field}
          type="search"
          value={wanted}
          placeholder="Name, address, topic or id"
          onInput={({ currentTarget: { value } }) => look(value)}
        />
      </label>
      <p class="visually-hidden" role="status">
        {wanted === "" ? "" : `${found.length} of ${webhooks.length}`}
      </p>
      {found.length > 0 ? (
        <List webhooks={found} />
      ) : (
        <div class="card empty">
          <h2>No webhook is like that</h2>
          <p>No webhook has “{wanted}” in its name, address, topics or id.</p>
          <button type="button" onClick={() => look("")}>
            Show all
          </button>
        </div>
      )}
    </>
  );
}

function List({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  return (
    <ul class="rows">
      {webhooks.map((webhook) => (
        <li key={webhook.heron_id} class={webhook.is_enabled ? "" : "off"}>
          <Link to={`webhooks/${webhook.heron_id}`} class="row">
            <span class="what">
              <b>{nameOf(webhook)}</b>
              <span class="hint">{webhook.url}</span>
            </span>
            <span class="topics">
              {webhook.topics.map((topic) => (
                <code key={topic}>{topic}</code>
              ))}
            </span>
            <span class="hint">{stateOf(webhook) ?? <When at={webhook.created} />}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
