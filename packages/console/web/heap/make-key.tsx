import { useState } from "preact/hooks";
import { ask, type Refused } from "../api.ts";
import { Restored, useDraft } from "../drafts/use-draft.tsx";
import { Key } from "../keys/key.tsx";
import { Field } from "../parts/field.tsx";
import { refusalOf } from "../parts/loaded.tsx";
import type { MadeWriteKey } from "./write-key.ts";

/** Makes a write key, of which it is said what it is for. */
export function MakeKey({ made }: { readonly made: (key: MadeWriteKey) => void }) {
  const draft = useDraft({ description: "" });
  const [failure, setFailure] = useState<Refused | null>(null);
  const [isBusy, setBusy] = useState(false);
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      const description = draft.value.description.trim();
      const key = await ask<MadeWriteKey>("POST", "/write-keys", { description });
      draft.discard();
      made(key);
    } catch (error) {
      setFailure(refusalOf(error));
    } finally {
      setBusy(false);
    }
  };
  const wrong = failure?.errors.get("/description");
  return (
    <form class="form" onSubmit={(event) => void make(event)} noValidate>
      <Restored draft={draft} />
      {failure !== null && wrong === undefined && (
        <p class="card failed" role="alert">
          {failure.message}
        </p>
      )}
      <Field
        label="What it is for"
        hint="One key for each program, so that one can be revoked without the others."
        placeholder="The shop's back end"
        value={draft.value.description}
        onInput={(description) => draft.change({ description })}
        error={wrong}
      />
      <p class="actions">
        <button type="submit" class="primary" disabled={isBusy}>
          Make write key
        </button>
        <Key keys="mod+Enter" />
      </p>
    </form>
  );
}
