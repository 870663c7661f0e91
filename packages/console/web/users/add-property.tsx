import { useRef, useState } from "preact/hooks";
import { type ApiError, callApi } from "../api.ts";
import { describeType, parseScalar } from "../conditions/scalar-input.ts";
import { RestoredNotice, useDraft } from "../drafts/use-draft.tsx";
import { Field } from "../parts/field.tsx";
import { toApiError } from "../parts/resource.tsx";

/** A user in API responses. */
export interface User {
  readonly user: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Adds or changes a property of a user. */
export function AddProperty({
  id,
  properties,
  onChange,
}: {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly onChange: (user: User) => void;
}) {
  const draft = useDraft({ name: "", text: "" }, `/users/${id}`);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [isNameMissing, setNameMissing] = useState(false);
  const [statusText, setStatusText] = useState("");
  const name = draft.value.name.trim();
  const value = parseScalar(draft.value.text);
  const exists = Object.hasOwn(properties, name);
  const latest = useRef(draft.value);
  latest.current = draft.value;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setNameMissing(name === "");
    if (name === "") return;
    setFailure(null);
    try {
      onChange(
        await callApi<User>("PUT", `/users/${encodeURIComponent(id)}`, { properties: { [name]: value } }),
      );
      // Keep input that was typed while saving.
      if (latest.current === draft.value) draft.discard();
      setStatusText(`Set ${name} to ${JSON.stringify(value)}.`);
    } catch (error) {
      setFailure(toApiError(error));
      setStatusText("");
    }
  };
  return (
    <form class="form" onSubmit={(event) => void save(event)} noValidate>
      <h3>Add or change a property</h3>
      <RestoredNotice draft={draft} />
      <div class="pair">
        <Field
          label="Property"
          hint="For {{ user.plan }}, enter plan"
          placeholder="plan"
          required
          value={draft.value.name}
          onInput={(text) => draft.update({ name: text })}
          error={isNameMissing && name === "" ? "Enter a property name." : undefined}
        />
        <Field
          label="Value"
          hint={
            draft.value.text.trim() === ""
              ? 'pro, 12, true, or "12" for text'
              : `Type: ${describeType(value)}`
          }
          value={draft.value.text}
          onInput={(text) => draft.update({ text })}
          error={failure?.message}
        />
      </div>
      <p class="actions">
        <button type="submit">{exists ? "Change" : "Add"}</button>
        <span role="status">{statusText}</span>
      </p>
    </form>
  );
}
