import { useRef, useState } from "preact/hooks";
import { ask, type Refused } from "../api.ts";
import { kindOf, scalarIn } from "../conditions/typed.ts";
import { Restored, useDraft } from "../drafts/use-draft.tsx";
import { Field } from "../parts/field.tsx";
import { refusalOf } from "../parts/loaded.tsx";

/** A user as the API shows it. */
export interface User {
  readonly user: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Puts one property over those that a user has. */
export function AddProperty({
  id,
  properties,
  changed,
}: {
  readonly id: string;
  /** Those that are there. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly changed: (user: User) => void;
}) {
  const draft = useDraft({ name: "", text: "" }, `/users/${id}`);
  const [failure, setFailure] = useState<Refused | null>(null);
  const [nameless, setNameless] = useState(false);
  const [said, setSaid] = useState("");
  const name = draft.value.name.trim();
  const value = scalarIn(draft.value.text);
  const isThere = Object.hasOwn(properties, name);
  const latest = useRef(draft.value);
  latest.current = draft.value;
  const set = async (event: Event): Promise<void> => {
    event.preventDefault();
    setNameless(name === "");
    if (name === "") return;
    setFailure(null);
    try {
      changed(await ask<User>("PUT", `/users/${encodeURIComponent(id)}`, { properties: { [name]: value } }));
      // The next may be typed by now.
      if (latest.current === draft.value) draft.discard();
      setSaid(`${name} is ${JSON.stringify(value)} from now on.`);
    } catch (error) {
      setFailure(refusalOf(error));
      setSaid("");
    }
  };
  return (
    <form class="form" onSubmit={(event) => void set(event)} noValidate>
      <h3>Add or change a property</h3>
      <Restored draft={draft} />
      <div class="pair">
        <Field
          label="Property"
          hint="As templates name it: user.plan is plan"
          placeholder="plan"
          required
          value={draft.value.name}
          onInput={(text) => draft.change({ name: text })}
          error={nameless && name === "" ? "Say which property." : undefined}
        />
        <Field
          label="Value"
          hint={
            draft.value.text.trim() === "" ? 'pro, 12, true, or "12" for text' : `It is: ${kindOf(value)}`
          }
          value={draft.value.text}
          onInput={(text) => draft.change({ text })}
          error={failure?.message}
        />
      </div>
      <p class="actions">
        <button type="submit">{isThere ? "Change" : "Add"}</button>
        <span role="status">{said}</span>
      </p>
    </form>
  );
}
