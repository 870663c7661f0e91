import { useState } from "preact/hooks";
import { callApi } from "../api.ts";
import { ConfirmDialog } from "../dialog/confirm-dialog.tsx";
import { RestoredNotice, useDraft } from "../drafts/use-draft.tsx";
import { Field } from "../parts/field.tsx";
import { Heading } from "../parts/heading.tsx";
import { toApiError } from "../parts/resource.tsx";

/** Pauses and resumes accounts, for administrators. */
export function AccountsPage() {
  const draft = useDraft({ account: "" });
  const [accountToPause, setAccountToPause] = useState<string | null>(null);
  const [accountError, setAccountError] = useState<string | undefined>();
  const [statusText, setStatusText] = useState("");
  const setDeliveries = async (id: string, action: "disable" | "enable"): Promise<void> => {
    await callApi("POST", `/accounts/${encodeURIComponent(id)}/${action}`);
    draft.markSaved();
    setStatusText(action === "disable" ? `Deliveries of ${id} are paused.` : `Deliveries of ${id} resumed.`);
  };
  const withAccount = (run: (id: string) => void): void => {
    const id = draft.value.account.trim();
    setAccountError(id === "" ? "Enter an account." : undefined);
    if (id !== "") run(id);
  };
  return (
    <>
      <Heading title="Accounts" />
      <form class="form" noValidate onSubmit={(event) => event.preventDefault()}>
        <RestoredNotice draft={draft} />
        <Field
          label="Account"
          hint="Pauses or resumes all deliveries. No events are lost."
          value={draft.value.account}
          onInput={(account) => draft.update({ account })}
          error={accountError}
        />
        <p class="actions">
          <button type="button" class="danger" onClick={() => withAccount(setAccountToPause)}>
            Pause deliveries…
          </button>
          <button
            type="button"
            onClick={() =>
              withAccount(
                (id) =>
                  void setDeliveries(id, "enable").catch((error: unknown) =>
                    setStatusText(toApiError(error).message),
                  ),
              )
            }
          >
            Resume deliveries
          </button>
        </p>
        <p role="status">{statusText}</p>
      </form>
      {accountToPause !== null && (
        <ConfirmDialog
          title={`Pause all deliveries of ${accountToPause}?`}
          confirmLabel="Pause deliveries"
          isDestructive
          onConfirm={() => setDeliveries(accountToPause, "disable")}
          onClose={() => setAccountToPause(null)}
        >
          <p>No webhook of this account receives requests until you resume deliveries. Events are queued.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
