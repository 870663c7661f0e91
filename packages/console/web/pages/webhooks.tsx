import { useRef } from "preact/hooks";
import type { Webhook } from "../api.ts";
import { StaleNotice } from "../parts/connection-status.tsx";
import { Heading } from "../parts/heading.tsx";
import { RelativeTime } from "../parts/relative-time.tsx";
import { ResourceView, Skeleton, useResource } from "../parts/resource.tsx";
import { currentRoute, Link, navigate } from "../router.tsx";
import { KeyHint } from "../shortcuts/key-hint.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { filterWebhooks } from "../webhook/filter-webhooks.ts";
import { loadAllWebhooks } from "../webhook/load-webhooks.ts";
import { getWebhookName } from "../webhook/webhook-name.ts";
import { renderWebhookStatus } from "../webhook/webhook-status.tsx";

export function WebhooksPage() {
  const loaded = useResource("webhooks", loadAllWebhooks);
  return (
    <>
      <header class="head">
        <Heading title="Webhooks" />
        <Link to="webhooks/new" class="button primary" aria-keyshortcuts="n">
          Create webhook <KeyHint keys="n" />
        </Link>
      </header>
      <StaleNotice />
      <ResourceView resource={loaded} name="list of webhooks" placeholder={<Skeleton rows={5} kind="row" />}>
        {(webhooks) =>
          webhooks.length === 0 ? <EmptyWebhooks /> : <FilterableWebhooks webhooks={webhooks} />
        }
      </ResourceView>
    </>
  );
}

function EmptyWebhooks() {
  return (
    <div class="card empty">
      <h2>No webhooks yet</h2>
      <p>Send events to your server or a Slack channel.</p>
      <Link to="webhooks/new" class="button primary">
        Create webhook
      </Link>
    </div>
  );
}

/** The webhooks that match the filter, which is kept in the address. */
function FilterableWebhooks({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  const query = currentRoute.value.query.get("q") ?? "";
  const field = useRef<HTMLInputElement>(null);
  const focus = (): void => field.current?.focus();
  useShortcuts({ f: focus, "/": focus });
  const setQuery = (text: string): void => {
    navigate(text === "" ? "webhooks" : `webhooks?${new URLSearchParams({ q: text })}`, "replace");
  };
  const matches = filterWebhooks(webhooks, query);
  return (
    <>
      <label class="filter">
        <span>Filter</span>
        <input
          ref={field}
          type="search"
          value={query}
          placeholder="Name, URL, topic or ID"
          onInput={({ currentTarget: { value } }) => setQuery(value)}
        />
      </label>
      <p class="visually-hidden" role="status">
        {query === "" ? "" : `${matches.length} of ${webhooks.length}`}
      </p>
      {matches.length > 0 ? (
        <WebhookList webhooks={matches} />
      ) : (
        <div class="card empty">
          <h2>No matching webhooks</h2>
          <p>No webhook matches “{query}”.</p>
          <button type="button" onClick={() => setQuery("")}>
            Show all
          </button>
        </div>
      )}
    </>
  );
}

function WebhookList({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  return (
    <ul class="rows">
      {webhooks.map((webhook) => (
        <li key={webhook.heron_id} class={webhook.is_enabled ? "" : "off"}>
          <Link to={`webhooks/${webhook.heron_id}`} class="row">
            <span class="what">
              <b>{getWebhookName(webhook)}</b>
              <span class="hint">{webhook.url}</span>
            </span>
            <span class="topics">
              {webhook.topics.map((topic) => (
                <code key={topic}>{topic}</code>
              ))}
            </span>
            <span class="hint">{renderWebhookStatus(webhook) ?? <RelativeTime at={webhook.created} />}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
