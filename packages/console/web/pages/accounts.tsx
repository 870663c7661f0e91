import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { Confirm } from "../dialog/confirm.tsx";
import { Restored, useDraft } from "../drafts/use-draft.tsx";
import { Field } from "../parts/field.tsx";
import { Heading } from "../parts/heading.tsx";
import { refusalOf } from "../parts/loaded.tsx";

/** Kill switches, for administrators. */
export function Accounts() {
  const draft = useDraft({ account: "" });
  const [asked, setAsked] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | undefined>();
  const [said, setSaid] = useState("");
  const set = async (id: string, what: "disable" | "enable"): Promise<void> => {
    await ask("POST", `/accounts/${encodeURIComponent(id)}/${what}`);
    draft.done();
    setSaid(what === "disable" ? `${id} is stopped: its deliveries wait.` : `${id} goes on.`);
  };
  const named = (then: (id: string) => void): void => {
    const id = draft.value.account.trim();
    setWrong(id === "" ? "Say which account." : undefined);
    if (id !== "") then(id);
  };
  return (
    <>
      <Heading title="Accounts" />
      <form class="form" noValidate onSubmit={(event) => event.preventDefault()}>
        <Restored draft={draft} />
        <Field
          label="Account"
          hint="All of its deliveries stop, or go on. Nothing that was emitted is lost."
          value={draft.value.account}
          onInput={(account) => draft.change({ account })}
          error={wrong}
        />
        <p class="actions">
          <button type="button" class="danger" onClick={() => named(setAsked)}>
            Stop deliveries…
          </button>
          <button
            type="button"
            onClick={() =>
              named(
                (id) => void set(id, "enable").catch((error: unknown) => setSaid(refusalOf(error).message)),
              )
            }
          >
            Resume deliveries
          </button>
        </p>
        <p role="status">{said}</p>
      </form>
      {asked !== null && (
        <Confirm
          title={`Stop all deliveries of ${asked}?`}
          verb="Stop deliveries"
          isDangerous
          run={() => set(asked, "disable")}
          close={() => setAsked(null)}
        >
          <p>
            Nothing is sent to any webhook of this account, from the next attempt on. What is emitted
            meanwhile waits and nothing is lost; “Resume deliveries” takes it up again.
          </p>
        </Confirm>
      )}
    </>
  );
}
