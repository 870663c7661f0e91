import { useState } from "preact/hooks";
import { ask, Refused } from "../api.ts";
import { Field } from "../parts/field.tsx";

/** Kill switches, for administrators. */
export function Accounts() {
  const [account, setAccount] = useState("");
  const [said, setSaid] = useState("");
  const set = (what: "disable" | "enable") => async (): Promise<void> => {
    const id = account.trim();
    if (id === "") return;
    if (
      what === "disable" &&
      !confirm(`Stop all deliveries of ${id}? What is emitted meanwhile waits, and nothing is lost.`)
    )
      return;
    try {
      await ask("POST", `/accounts/${encodeURIComponent(id)}/${what}`);
      setSaid(what === "disable" ? `${id} is stopped: its deliveries wait.` : `${id} goes on.`);
    } catch (error) {
      setSaid(error instanceof Refused ? error.message : String(error));
    }
  };
  return (
    <>
      <h1>Accounts</h1>
      <div class="form">
        <Field
          label="Account"
          hint="All of its deliveries stop, or go on. Nothing that was emitted is lost."
          value={account}
          onInput={setAccount}
        />
        <p class="actions">
          <button type="button" class="danger" onClick={() => void set("disable")()}>
            Stop deliveries
          </button>
          <button type="button" onClick={() => void set("enable")()}>
            Go on
          </button>
        </p>
        <p role="status">{said}</p>
      </div>
    </>
  );
}
