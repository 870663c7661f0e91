import { useState } from "preact/hooks";
import { ask, type Refused, type Webhook } from "../api.ts";
import { Conditions } from "../conditions/editor.tsx";
import { LiveMatch } from "../conditions/live-match.tsx";
import { usePaths } from "../conditions/use-paths.ts";
import { Restored, useDraft } from "../drafts/use-draft.tsx";
import { Offered, type Topics } from "../form/offered.tsx";
import { draftOf, linesOf, previewedOf, saved } from "../form/written.ts";
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
  const error = (...pointers: readonly string[]): string | undefined =>
    pointers.map((pointer) => failure?.errors.get(pointer)).find((one) => one !== undefined);

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSaving(true);
    setFailure(null);
    try {
      const to = await saved(draft, webhook);
      kept.done();
      go(to);
    } catch (caught) {
      setFailure(refusalOf(caught));
    } finally {
      setSaving(false);
    }
  };
  return (
    <div class="beside">
      <form class="form" onSubmit={(event) => void save(event)} noValidate>
        <Restored draft={kept} />
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
        webhook={previewedOf(draft)}
        id={webhook?.heron_id}
        isSlack={goesToSlack(draft.url, webhook)}
        topics={topics.value?.topics ?? []}
      />
    </div>
  );
}

/** By its address, or since it was made so: for a stand-in of Slack's. */
function goesToSlack(url: string, webhook: Webhook | undefined): boolean {
  const isKnown = webhook?.format === "slack" && url === webhook.url;
  return isKnown || /^https:\/\/hooks\.slack(-gov)?\.com\//.test(url.trim());
}
