import { useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, callApi, type Webhook } from "../api.ts";
import { ConditionsEditor } from "../conditions/conditions-editor.tsx";
import { MatchPreview } from "../conditions/match-preview.tsx";
import { useEventPaths } from "../conditions/use-event-paths.ts";
import { RestoredNotice, useDraft } from "../drafts/use-draft.tsx";
import { type TopicList, TopicPicker } from "../form/topic-picker.tsx";
import {
  saveWebhook,
  splitLines,
  toPreviewInput,
  toWebhookDraft,
  type WebhookDraft,
} from "../form/webhook-draft.ts";
import { Field } from "../parts/field.tsx";
import { RequestPreview } from "../parts/request-preview.tsx";
import { toApiError, useResource } from "../parts/resource.tsx";
import { currentRoute, navigate } from "../router.tsx";
import { KeyHint } from "../shortcuts/key-hint.tsx";

/** Creates or edits a webhook, with a preview of the request. */
export function WebhookForm({ webhook }: { readonly webhook?: Webhook }) {
  const draftState = useDraft(toWebhookDraft(webhook, currentRoute.value.query.get("topic") ?? ""));
  const { value: draft, update } = draftState;
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [isSaving, setSaving] = useState(false);
  const topics = useResource("topics", () => callApi<TopicList>("GET", "/webhooks/topics"));
  const selected = splitLines(draft.topics);
  const eventPaths = useEventPaths(selected, topics.value?.catalogue);
  /** The draft that the server rejected: errors of fields that changed since are hidden. */
  const [rejectedDraft, setRejectedDraft] = useState<WebhookDraft | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const getError = (field: keyof WebhookDraft, ...pointers: readonly string[]): string | undefined =>
    rejectedDraft?.[field] === draft[field]
      ? failure?.errors.get(findPointer(failure.errors, pointers))
      : undefined;
  // The first invalid field may be out of sight.
  useEffect(() => {
    if (failure !== null) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [failure]);

  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setSaving(true);
    setFailure(null);
    try {
      const to = await saveWebhook(draft, webhook);
      draftState.markSaved();
      navigate(to);
    } catch (caught) {
      setRejectedDraft(draft);
      setFailure(toApiError(caught));
    } finally {
      setSaving(false);
    }
  };
  return (
    <div class="split">
      <form ref={form} class="form" onSubmit={(event) => void save(event)} noValidate>
        <RestoredNotice draft={draftState} />
        {failure !== null && (
          <p class="card failed" role="alert">
            {areAllAtFields(failure.errors) ? "Not saved. Fix the highlighted fields." : failure.message}
          </p>
        )}
        <Field
          label="URL"
          hint="Your endpoint's HTTPS URL, or a Slack incoming webhook URL."
          placeholder="https://example.com/webhooks"
          required
          value={draft.url}
          onInput={(url) => update({ url })}
          error={getError("url", "/url")}
        />
        <Field
          label="Topics"
          hint="Events to send, one per line. * matches one segment, ** matches the rest."
          placeholder="end_user.processed"
          required
          lines={3}
          value={draft.topics}
          onInput={(text) => update({ topics: text })}
          error={getError("topics", "/topics", "/topic")}
        >
          <TopicPicker
            topics={topics.value}
            selected={selected}
            onChange={(text) => update({ topics: text })}
          />
        </Field>
        <ConditionsEditor
          conditions={draft.conditions}
          onChange={(conditions) => update({ conditions })}
          eventPaths={eventPaths}
          errors={failure?.errors}
        >
          <MatchPreview topics={selected} conditions={draft.conditions} maxEvents={3} />
        </ConditionsEditor>
        <Field
          label="Headers"
          hint="One per line, as Name: value. Values are hidden after saving."
          placeholder="Authorization: Bearer …"
          lines={2}
          value={draft.headers}
          onInput={(headers) => update({ headers })}
          error={getError("headers", "/headers")}
        />
        <Field
          label="Body template"
          hint="JSON with placeholders such as {{ data.amount }} or {{ user.plan }}. Leave empty to send the full event."
          placeholder={'{ "amount": "{{ data.amount }}" }'}
          lines={6}
          value={draft.template}
          onInput={(template) => update({ template })}
          error={getError("template", "/template")}
        />
        <Field
          label="Description"
          hint="Optional. Helps your team recognize this webhook."
          value={draft.description}
          onInput={(description) => update({ description })}
          error={getError("description", "/description")}
        />
        <p class="actions">
          <button type="submit" class="primary" disabled={isSaving}>
            {webhook === undefined ? "Create webhook" : "Save"}
          </button>
          <button
            type="button"
            onClick={() => {
              draftState.markSaved();
              navigate(webhook === undefined ? "webhooks" : `webhooks/${webhook.heron_id}`);
            }}
          >
            Cancel
          </button>
          <KeyHint keys="mod+Enter" />
        </p>
      </form>
      <RequestPreview
        {...toPreviewInput(draft)}
        id={webhook?.heron_id}
        isSlack={isSlack(draft.url.trim(), webhook)}
        topics={topics.value?.topics ?? []}
      />
    </div>
  );
}

/** By its URL, or by its saved format if the URL has not changed. */
function isSlack(url: string, webhook: Webhook | undefined): boolean {
  if (/^https:\/\/hooks\.slack(-gov)?\.com\//.test(url)) return true;
  return webhook?.format === "slack" && webhook.url === url;
}

/** The first error at one of the pointers or below. */
function findPointer(errors: ApiError["errors"], pointers: readonly string[]): string {
  return (
    [...errors.keys()].find((key) => pointers.some((pointer) => `${key}/`.startsWith(`${pointer}/`))) ?? ""
  );
}

function areAllAtFields(errors: ApiError["errors"]): boolean {
  const isFormField = (pointer: string): boolean =>
    /^\/(url|topics?|conditions|headers|template|description)(\/|$)/.test(pointer);
  return errors.size > 0 && [...errors.keys()].every(isFormField);
}
