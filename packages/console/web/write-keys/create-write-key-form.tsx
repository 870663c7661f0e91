import { useState } from "preact/hooks";
import { type ApiError, callApi } from "../api.ts";
import { RestoredNotice, useDraft } from "../drafts/use-draft.tsx";
import { Field } from "../parts/field.tsx";
import { toApiError } from "../parts/resource.tsx";
import { KeyHint } from "../shortcuts/key-hint.tsx";
import type { CreatedWriteKey } from "./write-key.ts";

export function CreateWriteKeyForm({ onCreated }: { readonly onCreated: (key: CreatedWriteKey) => void }) {
  const draft = useDraft({ description: "" });
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const create = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      const description = draft.value.description.trim();
      const key = await callApi<CreatedWriteKey>("POST", "/write-keys", { description });
      draft.discard();
      onCreated(key);
    } catch (error) {
      setFailure(toApiError(error));
    } finally {
      setBusy(false);
    }
  };
  const descriptionError = failure?.errors.get("/description");
  return (
    <form class="form" onSubmit={(event) => void create(event)} noValidate>
      <RestoredNotice draft={draft} />
      {failure !== null && descriptionError === undefined && (
        <p class="card failed" role="alert">
          {failure.message}
        </p>
      )}
      <Field
        label="Name"
        hint="Create one key per program, so that you can revoke it separately."
        placeholder="Shop backend"
        value={draft.value.description}
        onInput={(description) => draft.update({ description })}
        error={descriptionError}
      />
      <p class="actions">
        <button type="submit" class="primary" disabled={isBusy}>
          Create write key
        </button>
        <KeyHint keys="mod+Enter" />
      </p>
    </form>
  );
}
