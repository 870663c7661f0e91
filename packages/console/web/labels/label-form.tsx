import { useState } from "preact/hooks";
import { type ApiError, callApi } from "../api.ts";
import { ConditionsEditor } from "../conditions/conditions-editor.tsx";
import { MatchPreview } from "../conditions/match-preview.tsx";
import { useEventPaths } from "../conditions/use-event-paths.ts";
import { RestoredNotice, useDraft } from "../drafts/use-draft.tsx";
import { type TopicList, TopicPicker } from "../form/topic-picker.tsx";
import { Field } from "../parts/field.tsx";
import { toApiError, useResource } from "../parts/resource.tsx";
import { navigate } from "../router.tsx";
import { KeyHint } from "../shortcuts/key-hint.tsx";
import { type Label, type LabelDraft, saveLabel, toLabelDraft } from "./label.ts";

/** Creates or edits a label, with a preview of the matching events. */
export function LabelForm({ label }: { readonly label?: Label }) {
  const draftState = useDraft(toLabelDraft(label));
  const { value: draft } = draftState;
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [isSaving, setSaving] = useState(false);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isSaving) return;
    setSaving(true);
    setFailure(null);
    try {
      await saveLabel(draft, label);
      draftState.markSaved();
      navigate("labels");
    } catch (caught) {
      setFailure(toApiError(caught));
    } finally {
      setSaving(false);
    }
  };
  const pattern = draft.pattern.trim();
  return (
    <div class="split">
      <form class="form" onSubmit={(event) => void save(event)} noValidate>
        <RestoredNotice draft={draftState} />
        {failure !== null && (
          <p class="card failed" role="alert">
            {failure.message}
          </p>
        )}
        <LabelFields
          draft={draft}
          onChange={draftState.update}
          errors={failure?.errors}
          isNew={label === undefined}
        />
        <p class="actions">
          <button type="submit" class="primary" disabled={isSaving}>
            {label === undefined ? "Create label" : "Save"}
          </button>
          <button
            type="button"
            onClick={() => {
              draftState.markSaved();
              navigate("labels");
            }}
          >
            Cancel
          </button>
          <KeyHint keys="mod+Enter" />
        </p>
      </form>
      <aside class="preview" aria-label="Matching events">
        <h2>Matching events</h2>
        <MatchPreview topics={pattern === "" ? [] : [pattern]} conditions={draft.conditions} maxEvents={10} />
      </aside>
    </div>
  );
}

function LabelFields({
  draft,
  onChange,
  errors,
  isNew,
}: {
  readonly draft: LabelDraft;
  readonly onChange: (changes: Partial<LabelDraft>) => void;
  readonly errors: ReadonlyMap<string, string> | undefined;
  readonly isNew: boolean;
}) {
  const topics = useResource("topics", () => callApi<TopicList>("GET", "/webhooks/topics"));
  const pattern = draft.pattern.trim();
  const selected = pattern === "" ? [] : [pattern];
  const eventPaths = useEventPaths(selected, topics.value?.catalogue);
  return (
    <>
      {isNew && (
        <Field
          label="Name"
          hint={`a-z, 0-9 and _. Webhooks subscribe to label.${draft.name.trim() || "big_invoice"}.`}
          placeholder="big_invoice"
          required
          value={draft.name}
          onInput={(name) => onChange({ name })}
          error={errors?.get("/name")}
        />
      )}
      <Field
        label="Topic pattern"
        hint="* matches one segment, ** matches the rest."
        placeholder="invoice.*"
        required
        value={draft.pattern}
        onInput={(text) => onChange({ pattern: text })}
        error={errors?.get("/pattern")}
      >
        <TopicPicker
          topics={topics.value}
          selected={selected}
          onChange={(text) => onChange({ pattern: text })}
          isSingle
        />
      </Field>
      <ConditionsEditor
        conditions={draft.conditions}
        onChange={(conditions) => onChange({ conditions })}
        eventPaths={eventPaths}
        errors={errors}
      />
      <Field
        label="Description"
        hint="Optional note."
        value={draft.description}
        onInput={(description) => onChange({ description })}
        error={errors?.get("/description")}
      />
    </>
  );
}
