import { useState } from "preact/hooks";
import { callApi, type Webhook } from "../api.ts";
import { KeyHint } from "../shortcuts/key-hint.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { toApiError } from "../parts/resource.tsx";
import { DisableDialog, RecoverDialog, DeleteWebhookDialog } from "./webhook-dialogs.tsx";
import { type TestResult, TestResultView } from "./test-result.tsx";

/** What can be done with a webhook. */
export function WebhookActions({ webhook, changed: onChange }: { readonly webhook: Webhook; readonly changed: () => void }) {
  const { heron_id: id, is_enabled } = webhook;
  const [openDialog, setOpenDialog] = useState<"recover" | "disable" | "delete" | null>(null);
  const [testResult, setTestResult] = useState<TestResult | null>(null);
  const [statusText, setStatusText] = useState("");
  const [busy, setBusy] = useState<"test" | "enable" | null>(null);
  const close = (): void => setOpenDialog(null);
  const runAction = async (action: "test" | "enable", operation: () => Promise<string>): Promise<void> => {
    if (busy !== null) return;
    setBusy(action);
    setTestResult(null);
    setStatusText(action === "test" ? "Sending…" : "");
    setStatusText(await operation().catch((error: unknown) => toApiError(error).message));
    setBusy(null);
  };
  const test = (): void =>
    void runAction("test", async () => {
      setTestResult(await callApi<TestResult>("POST", `/webhooks/${id}/test`, {}));
      return "";
    });
  const enable = (): void =>
    void runAction("enable", async () => {
      await callApi("PUT", `/webhooks/${id}`, { is_enabled: true });
      onChange();
      return "Enabled. Pending deliveries are being sent. Replay missed events to send those published while it was disabled.";
    });
  useShortcuts({ t: test });
  return (
    <section aria-label="Actions">
      <p class="actions">
        <button type="button" class="primary" disabled={busy !== null} onClick={test} aria-keyshortcuts="t">
          Send a test <KeyHint keys="t" />
        </button>
        <button type="button" onClick={() => setOpenDialog("recover")}>
          Recover…
        </button>
        {is_enabled ? (
          <button type="button" onClick={() => setOpenDialog("disable")}>
            Disable…
          </button>
        ) : (
          <button type="button" disabled={busy !== null} onClick={enable}>
            Enable
          </button>
        )}
        <button type="button" class="danger" onClick={() => setOpenDialog("delete")}>
          Delete…
        </button>
      </p>
      <p role="status">{statusText}</p>
      {testResult !== null && <TestResultView trial={testResult} />}
      {openDialog === "recover" && <RecoverDialog webhook={webhook} onClose={close} said={setStatusText} />}
      {openDialog === "delete" && <DeleteWebhookDialog webhook={webhook} onClose={close} />}
      {openDialog === "disable" && (
        <DisableDialog
          webhook={webhook}
          onClose={close}
          done={() => {
            onChange();
            setStatusText(
              "Disabled. Pending deliveries are kept.",
            );
          }}
        />
      )}
    </section>
  );
}
