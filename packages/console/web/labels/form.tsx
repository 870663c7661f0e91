import { useState } from "preact/hooks";
import { ask, type Refused } from "../api.ts";
import { Conditions } from "../conditions/editor.tsx";
import { LiveMatch } from "../conditions/live-match.tsx";
import { usePaths } from "../conditions/use-paths.ts";
import { Restored, useDraft } from "../drafts/use-draft.tsx";
import { Offered, type Topics } from "../form/offered.tsx";
import { Key } from "../keys/key.tsx";
import { Field } from "../parts/field.tsx";
import { refusalOf, useLoaded } from "../parts/loaded.tsx";
import { go } from "../router.tsx";
import { draftOf, type Label, type LabelDraft, saved } from "./label.ts";

/** A label, to be made or changed; beside it, which of the newest events it would name. */
export function LabelForm({ label }: { readonly label?: Label }) {
  const kept = useDraft(draftOf(label));
  const { value: draft } = kept;
  const [failure, setFailure] = useState<Refused | null>(null);
  const [isSaving, setSaving] = useState(false);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isSaving) return;
    setSaving(true);
    setFailure(null);
    try {
      await saved(draft, label);
      kept.done();
      go("labels");
    } catch (caught) {
      setFailure(refusalOf(caught));
    } finally {
      setSaving(false);
    }
  };
  const pattern = draft.pattern.trim();
  return (
    <div class="beside">
      <form class="form" onSubmit={(event) => void save(event)} noValidate>
        <Restored draft={kept} />
        {failure !== null && (
          <p class="card failed" role="alert">
            {failure.message}
          </p>
        )}
        <Fields draft={draft} change={kept.change} errors={failure?.errors} isNew={label === undefined} />
        <p class="actions">
          <button type="submit" class="primary" disabled={isSaving}>
            {label === undefined ? "Make label" : "Save"}
          </button>
          <button
            type="button"
            onClick={() => {
              kept.done();
              go("labels");
            }}
          >
            Cancel
          </button>
          <Key keys="mod+Enter" />
        </p>
      </form>
      <aside class="preview" aria-label="What it would name">
        <h2>What it would name</h2>
        <LiveMatch topics={pattern === "" ? [] : [pattern]} when={draft.when} most={10} />
      </aside>
    </div>
  );
}

function Fields({
  draft,
  change,
  errors,
  isNew,
}: {
  readonly draft: LabelDraft;
  readonly change: (parts: Partial<LabelDraft>) => void;
  readonly errors: ReadonlyMap<string, string> | undefined;
  readonly isNew: boolean;
}) {
  const topics = useLoaded("topics", () => ask<Topics>("GET", "/webhooks/topics"));
  const pattern = draft.pattern.trim();
  const chosen = pattern === "" ? [] : [pattern];
  const paths = usePaths(chosen, topics.value?.catalogue);
  return (
    <>
      {isNew && (
        <Field
          label="Name"
          hint={`Of a-z, 0-9 and _. Webhooks ask for label.${draft.name.trim() || "big_invoice"}.`}
          placeholder="big_invoice"
          required
          value={draft.name}
          onInput={(name) => change({ name })}
          error={errors?.get("/name")}
        />
      )}
      <Field
        label="Of events"
        hint="A topic, or a pattern of topics: a * stands for one part of a topic, ** for all that follows."
        placeholder="invoice.*"
        required
        value={draft.pattern}
        onInput={(text) => change({ pattern: text })}
        error={errors?.get("/pattern")}
      >
        <Offered topics={topics.value} chosen={chosen} choose={(text) => change({ pattern: text })} isOne />
      </Field>
      <Conditions when={draft.when} change={(when) => change({ when })} paths={paths} errors={errors} />
      <Field
        label="Description"
        hint="For whoever looks at it."
        value={draft.description}
        onInput={(description) => change({ description })}
        error={errors?.get("/description")}
      />
    </>
  );
}
