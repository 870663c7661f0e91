import { useEffect, useState } from "preact/hooks";
import { ask, Refused, type Webhook } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { useLoaded } from "../parts/loaded.tsx";
import { Preview } from "../parts/preview.tsx";
import { go, Link } from "../router.tsx";

interface Draft {
  readonly url: string;
  readonly topics: string;
  readonly headers: string;
  readonly body: string;
  readonly description: string;
}

interface Written {
  readonly url: string;
  readonly topics: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly description: string;
}

interface Topics {
  readonly topics: readonly string[];
  readonly catalogue: Readonly<Record<string, { readonly description: string | null }>> | null;
}

const BLANK: Draft = { url: "", topics: "", headers: "", body: "", description: "" };

/** A webhook, to be made or changed. What is typed is kept for as long as the tab lasts. */
export function WebhookForm({ webhook }: { readonly webhook?: Webhook }) {
  const place = `draft ${webhook?.heron_id ?? "new"}`;
  const [draft, setDraft] = useState<Draft>(() => restored(place) ?? draftOf(webhook));
  const [failure, setFailure] = useState<Refused | null>(null);
  const [isSaving, setSaving] = useState(false);
  const topics = useLoaded("topics", () => ask<Topics>("GET", "/webhooks/topics"));
  useEffect(() => sessionStorage.setItem(place, JSON.stringify(draft)), [place, draft]);
  const change = (parts: Partial<Draft>): void => setDraft({ ...draft, ...parts });
  const error = (...pointers: readonly string[]): string | undefined =>
    pointers.map((pointer) => failure?.errors.get(pointer)).find((one) => one !== undefined);

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSaving(true);
    setFailure(null);
    try {
      const to = await saved(draft, webhook);
      sessionStorage.removeItem(place);
      go(to);
    } catch (caught) {
      setFailure(caught instanceof Refused ? caught : new Refused(0, String(caught)));
    } finally {
      setSaving(false);
    }
  };
  return (
    <div class="beside">
      <form class="form" onSubmit={(event) => void save(event)} noValidate>
        {failure !== null && (
          <p class="card failed" role="alert">
            {failure.message}
          </p>
        )}
        <Field
          label="Post to"
          hint="The https address of your server, or of an incoming webhook of Slack's."
          placeholder="https://example.com/webhooks"
          required
          value={draft.url}
          onInput={(url) => change({ url })}
          error={error("/url")}
        />
        <Field
          label="When"
          hint="Topics, one on a line. A * stands for one part of a topic, ** for all that follows."
          placeholder="end_user.processed"
          required
          lines={3}
          value={draft.topics}
          onInput={(text) => change({ topics: text })}
          error={error("/topics", "/topic")}
        >
          <Offered
            topics={topics.value}
            chosen={linesOf(draft.topics)}
            choose={(text) => change({ topics: text })}
          />
        </Field>
        <Field
          label="Headers"
          hint="One on a line: Name: value. Values are hidden once they are saved."
          placeholder="Authorization: Bearer …"
          lines={2}
          value={draft.headers}
          onInput={(headers) => change({ headers })}
          error={error("/headers")}
        />
        <Field
          label="Body"
          hint="JSON with placeholders such as {{ data.amount }} or {{ user.plan }}. Left empty, the event is sent as it is."
          placeholder={'{ "amount": "{{ data.amount }}" }'}
          lines={6}
          value={draft.body}
          onInput={(body) => change({ body })}
          error={error("/body")}
        />
        <Field
          label="Description"
          hint="For whoever looks at it."
          value={draft.description}
          onInput={(description) => change({ description })}
          error={error("/description")}
        />
        <p class="actions">
          <button type="submit" class="primary" disabled={isSaving}>
            {webhook === undefined ? "Add webhook" : "Save"}
          </button>
          <Link to={webhook === undefined ? "webhooks" : `webhooks/${webhook.heron_id}`}>Cancel</Link>
        </p>
      </form>
      <Preview
        webhook={previewedOf(draft)}
        id={webhook?.heron_id}
        isSlack={/^https:\/\/hooks\.slack(-gov)?\.com\//.test(draft.url.trim())}
        topics={topics.value?.topics ?? []}
      />
    </div>
  );
}

function Offered({
  topics,
  chosen,
  choose,
}: {
  readonly topics: Topics | undefined;
  readonly chosen: readonly string[];
  readonly choose: (text: string) => void;
}) {
  if (topics === undefined || topics.topics.length === 0) return null;
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">Topics that there are</legend>
      {topics.topics.map((topic) => (
        <label key={topic} class="chip" title={topics.catalogue?.[topic]?.description ?? ""}>
          <input
            type="checkbox"
            checked={chosen.includes(topic)}
            onChange={({ currentTarget: { checked } }) =>
              choose((checked ? [...chosen, topic] : chosen.filter((one) => one !== topic)).join("\n"))
            }
          />
          {topic}
        </label>
      ))}
    </fieldset>
  );
}

/** Where to go then. @throws Refused */
async function saved(draft: Draft, webhook: Webhook | undefined): Promise<string> {
  const body = writtenOf(draft);
  if (webhook !== undefined) {
    await ask("PUT", `/webhooks/${webhook.heron_id}`, body);
    return `webhooks/${webhook.heron_id}`;
  }
  const made = await ask<{ readonly webhook: Webhook }>("POST", "/webhooks", body);
  return `webhooks/${made.webhook.heron_id}`;
}

/** @throws Refused */
function writtenOf(draft: Draft): Written {
  return {
    url: draft.url.trim(),
    topics: linesOf(draft.topics),
    headers: headersIn(draft.headers),
    body: bodyIn(draft.body),
    description: draft.description.trim(),
  };
}

/** Null while there is nothing that could be sent yet. */
function previewedOf(draft: Draft): object | null {
  try {
    const written = writtenOf(draft);
    return written.url === "" || written.topics.length === 0 ? null : written;
  } catch {
    return null;
  }
}

function draftOf(webhook: Webhook | undefined): Draft {
  if (webhook === undefined) return BLANK;
  return {
    url: webhook.url,
    topics: webhook.topics.join("\n"),
    headers: Object.entries(webhook.headers ?? {})
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
    body: webhook.body === null ? "" : JSON.stringify(webhook.body, null, 2),
    description: webhook.description,
  };
}

function restored(place: string): Draft | null {
  const text = sessionStorage.getItem(place);
  return text === null ? null : (JSON.parse(text) as Draft);
}

function linesOf(text: string): readonly string[] {
  return text.split(/[\n,]/).flatMap((line) => line.trim() || []);
}

/** @throws Refused */
function headersIn(text: string): Record<string, string> {
  const entries = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): [string, string] => {
      const colon = line.indexOf(":");
      if (colon < 1) {
        const message = `“${line.trim()}” has no colon: write it as Name: value.`;
        throw new Refused(400, message, new Map([["/headers", message]]));
      }
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
  return Object.fromEntries(entries);
}

/** @throws Refused */
function bodyIn(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `This is not JSON yet: ${why}.`;
    throw new Refused(400, message, new Map([["/body", message]]));
  }
}
