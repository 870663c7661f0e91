import { ask, type Webhook } from "../api.ts";
import { Show, useLoaded } from "../parts/loaded.tsx";
import { When } from "../parts/when.tsx";
import { Link } from "../router.tsx";

interface WebhookPage {
  readonly webhooks: readonly Webhook[];
  readonly next_cursor: string | null;
}

/** All of the account's webhooks. */
export function Webhooks() {
  const loaded = useLoaded("webhooks", allWebhooks);
  return (
    <>
      <header class="head">
        <h1>Webhooks</h1>
        <Link to="webhooks/new" class="button primary">
          Add webhook
        </Link>
      </header>
      <Show of={loaded}>
        {(webhooks) => (webhooks.length === 0 ? <None /> : <List webhooks={webhooks} />)}
      </Show>
    </>
  );
}

export async function allWebhooks(): Promise<readonly Webhook[]> {
  const all: Webhook[] = [];
  for (let cursor = ""; ; ) {
    const page = await ask<WebhookPage>("GET", `/webhooks?limit=200${cursor}`);
    all.push(...page.webhooks);
    if (page.next_cursor === null) return all;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
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

function List({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  return (
    <ul class="rows">
      {webhooks.map((webhook) => (
        <li key={webhook.heron_id} class={webhook.is_enabled ? "" : "off"}>
          <Link to={`webhooks/${webhook.heron_id}`} class="row">
            <span class="what">
              <b>{webhook.description === "" ? hostOf(webhook.url) : webhook.description}</b>
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

/** Why it gets nothing, or will not for long; null if all is well. */
export function stateOf({ is_enabled, disabled_by, failing_since }: Webhook) {
  const who = {
    owner: "Disabled",
    gone: "Disabled: it answered 410 Gone",
    failing: "Disabled: it failed for days",
  } as const;
  if (!is_enabled) return <span class="mark gate">{who[disabled_by ?? "owner"]}</span>;
  if (failing_since === null) return null;
  return (
    <span class="mark dead">
      Failing, since <When at={failing_since} />
    </span>
  );
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
