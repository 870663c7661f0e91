import { useState } from "preact/hooks";
import { callApi, type Webhook } from "../api.ts";
import { toApiError } from "../parts/resource.tsx";
import { KeyHint } from "../shortcuts/key-hint.tsx";
import { useShortcuts } from "../shortcuts/use-shortcuts.ts";
import { type TestResult, TestResultView } from "./test-result.tsx";
import { DeleteWebhookDialog, DisableDialog, RecoverDialog } from "./webhook-dialogs.tsx";

export function WebhookActions({
  webhook,
  onChange,
}: {
  readonly webhook: Webhook;
  readonly onChange: () => void;
}) {
  const { heron_id: id, is_enabled } = webhook;
  const [openDialog, setOpenDialog] = useState<"recover" | "disable" | "delete" | null>(null);
  const [testResult, setTestResult] = useState<TestResult | null>(null);
  const [statusText, setStatusText] = useState("");
  const [busy, setBusy] = useState<"test" | "enable" | null>(null);
  const onClose = (): void => setOpenDialog(null);
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
          Replay missed events…
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
      {testResult !== null && <TestResultView result={testResult} />}
      {openDialog === "recover" && (
        <RecoverDialog webhook={webhook} onClose={onClose} onResult={setStatusText} />
      )}
      {openDialog === "delete" && <DeleteWebhookDialog webhook={webhook} onClose={onClose} />}
      {openDialog === "disable" && (
        <DisableDialog
          webhook={webhook}
          onClose={onClose}
          onDone={() => {
            onChange();
            setStatusText("Disabled. Pending deliveries are kept.");
          }}
        />
      )}
    </section>
  );
}
