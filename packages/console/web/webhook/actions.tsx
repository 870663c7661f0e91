import { useState } from "preact/hooks";
import { ask, type Webhook } from "../api.ts";
import { Key } from "../keys/key.tsx";
import { useKeys } from "../keys/listen.ts";
import { refusalOf } from "../parts/loaded.tsx";
import { Disabling, Recovery, Removal } from "./ask-first.tsx";
import { type Trial, TrialResult } from "./trial.tsx";

/** What can be done with a webhook. */
export function Actions({ webhook, changed }: { readonly webhook: Webhook; readonly changed: () => void }) {
  const { heron_id: id, is_enabled } = webhook;
  const [asked, setAsked] = useState<"recover" | "disable" | "delete" | null>(null);
  const [trial, setTrial] = useState<Trial | null>(null);
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState<"test" | "enable" | null>(null);
  const close = (): void => setAsked(null);
  const doing = async (what: "test" | "enable", work: () => Promise<string>): Promise<void> => {
    if (busy !== null) return;
    setBusy(what);
    setTrial(null);
    setSaid(what === "test" ? "Sending…" : "");
    setSaid(await work().catch((error: unknown) => refusalOf(error).message));
    setBusy(null);
  };
  const test = (): void =>
    void doing("test", async () => {
      setTrial(await ask<Trial>("POST", `/webhooks/${id}/test`, {}));
      return "";
    });
  const enable = (): void =>
    void doing("enable", async () => {
      await ask("PUT", `/webhooks/${id}`, { is_enabled: true });
      changed();
      return "Enabled: what waited goes out. Recover sends what happened while it was disabled.";
    });
  useKeys({ t: test });
  return (
    <section aria-label="Actions">
      <p class="actions">
        <button type="button" class="primary" disabled={busy !== null} onClick={test} aria-keyshortcuts="t">
          Send a test <Key keys="t" />
        </button>
        <button type="button" onClick={() => setAsked("recover")}>
          Recover…
        </button>
        {is_enabled ? (
          <button type="button" onClick={() => setAsked("disable")}>
            Disable…
          </button>
        ) : (
          <button type="button" disabled={busy !== null} onClick={enable}>
            Enable
          </button>
        )}
        <button type="button" class="danger" onClick={() => setAsked("delete")}>
          Delete…
        </button>
      </p>
      <p role="status">{said}</p>
      {trial !== null && <TrialResult trial={trial} />}
      {asked === "recover" && <Recovery webhook={webhook} close={close} said={setSaid} />}
      {asked === "delete" && <Removal webhook={webhook} close={close} />}
      {asked === "disable" && (
        <Disabling
          webhook={webhook}
          close={close}
          done={() => {
            changed();
            setSaid(
              "Disabled: what it is owed waits. Once it is enabled, Recover sends what happens meanwhile.",
            );
          }}
        />
      )}
    </section>
  );
}
