import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type Refused, type Webhook } from "../api.ts";
import { Conditions } from "../conditions/editor.tsx";
import { LiveMatch } from "../conditions/live-match.tsx";
import { usePaths } from "../conditions/use-paths.ts";
import { Restored, useDraft } from "../drafts/use-draft.tsx";
import { Offered, type Topics } from "../form/offered.tsx";
import { draftOf, linesOf, previewedOf, saved, type WebhookDraft } from "../form/written.ts";
import { Key } from "../keys/key.tsx";
import { Field } from "../parts/field.tsx";
import { refusalOf, useLoaded } from "../parts/loaded.tsx";
import { Preview } from "../parts/preview.tsx";
import { go, place } from "../router.tsx";

/** A webhook, to be made or changed. What is typed is kept for as long as the tab lasts. */
export function WebhookForm({ webhook }: { readonly webhook?: Webhook }) {
  const kept = useDraft(draftOf(webhook, place.value.query.get("topic") ?? ""));
  const { value: draft, change } = kept;
  const [failure, setFailure] = useState<Refused | null>(null);
  const [isSaving, setSaving] = useState(false);
  const topics = useLoaded("topics", () => ask<Topics>("GET", "/webhooks/topics"));
  const chosen = linesOf(draft.topics);
  const paths = usePaths(chosen, topics.value?.catalogue);
  /** What was refused; what of it has been changed since may be right by now. */
  const [refused, setRefused] = useState<WebhookDraft | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const error = (field: keyof WebhookDraft, ...pointers: readonly string[]): string | undefined =>
    refused?.[field] === draft[field] ? failure?.errors.get(firstOf(failure.errors, pointers)) : undefined;
  // The button is at the end of the form, and what is wrong may be out of sight.
  useEffect(() => {
    if (failure !== null) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [failure]);

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSaving(true);
    setFailure(null);
    try {
      const to = await saved(draft, webhook);
      kept.done();
      go(to);
    } catch (caught) {
      setRefused(draft);
      setFailure(refusalOf(caught));
    } finally {
      setSaving(false);
    }
  };
  return (
    <div class="beside">
      <form ref={form} class="form" onSubmit={(event) => void save(event)} noValidate>
        <Restored draft={kept} />
        {failure !== null && (
          <p class="card failed" role="alert">
            {isSaidAtFields(failure.errors)
              ? "Not saved yet: what is wrong is said at its field."
              : failure.message}
          </p>
        )}
        <Field
          label="URL"
          hint="The https address of your server, or of an incoming webhook of Slack's."
          placeholder="https://example.com/webhooks"
          required
          value={draft.url}
          onInput={(url) => change({ url })}
          error={error("url", "/url")}
        />
        <Field
          label="Topics"
          hint="Which events it gets, one on a line. A * stands for one part of a topic, ** for all that follows."
          placeholder="end_user.processed"
          required
          lines={3}
          value={draft.topics}
          onInput={(text) => change({ topics: text })}
          error={error("topics", "/topics", "/topic")}
        >
          <Offered topics={topics.value} chosen={chosen} choose={(text) => change({ topics: text })} />
        </Field>
        <Conditions
          when={draft.when}
          change={(when) => change({ when })}
          paths={paths}
          errors={failure?.errors}
        >
          <LiveMatch topics={chosen} when={draft.when} most={3} />
        </Conditions>
        <Field
          label="Headers"
          hint="One on a line: Name: value. Values are hidden once they are saved."
          placeholder="Authorization: Bearer …"
          lines={2}
          value={draft.headers}
          onInput={(headers) => change({ headers })}
          error={error("headers", "/headers")}
        />
        <Field
          label="Body"
          hint="JSON with placeholders such as {{ data.amount }} or {{ user.plan }}. Left empty, the event is sent as it is."
          placeholder={'{ "amount": "{{ data.amount }}" }'}
          lines={6}
          value={draft.body}
          onInput={(body) => change({ body })}
          error={error("body", "/body")}
        />
        <Field
          label="Description"
          hint="For whoever looks at it."
          value={draft.description}
          onInput={(description) => change({ description })}
          error={error("description", "/description")}
        />
        <p class="actions">
          <button type="submit" class="primary" disabled={isSaving}>
            {webhook === undefined ? "Add webhook" : "Save"}
          </button>
          <button
            type="button"
            onClick={() => {
              kept.done();
              go(webhook === undefined ? "webhooks" : `webhooks/${webhook.heron_id}`);
            }}
          >
            Cancel
          </button>
          <Key keys="mod+Enter" />
        </p>
      </form>
      <Preview
        {...previewedOf(draft)}
        id={webhook?.heron_id}
        isSlack={isSlack(draft.url.trim(), webhook)}
        topics={topics.value?.topics ?? []}
      />
    </div>
  );
}

/** By its address; or, where that is as it was, because its owner said so. */
function isSlack(url: string, webhook: Webhook | undefined): boolean {
  if (/^https:\/\/hooks\.slack(-gov)?\.com\//.test(url)) return true;
  return webhook?.format === "slack" && webhook.url === url;
}

/** Which of the errors is about one of these, or about a part of it. */
function firstOf(errors: Refused["errors"], pointers: readonly string[]): string {
  return [...errors.keys()].find((key) => pointers.some((one) => `${key}/`.startsWith(`${one}/`))) ?? "";
}

function isSaidAtFields(errors: Refused["errors"]): boolean {
  const isOfForm = (pointer: string): boolean =>
    /^\/(url|topics?|when|headers|body|description)(\/|$)/.test(pointer);
  return errors.size > 0 && [...errors.keys()].every(isOfForm);
}
