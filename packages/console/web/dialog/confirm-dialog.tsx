import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { toApiError } from "../parts/resource.tsx";
import { Dialog } from "./dialog.tsx";

export interface ConfirmDialogProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ComponentChildren;
  /** What the button says. */
  readonly confirmLabel: string;
  readonly isDestructive?: boolean;
  /** What must be typed first, where nothing brings back what goes. */
  readonly requiredText?: string;
  /** Does it. What it throws is shown here, and it may be tried again. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something is done that cannot be taken back, or that others feel. */
export function ConfirmDialog({ title, children, confirmLabel, isDestructive = false, requiredText, onConfirm, onClose: close }: ConfirmDialogProps) {
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isMismatch, setMismatch] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    if (requiredText !== undefined && text.trim() !== requiredText) return setMismatch(true);
    setBusy(true);
    setFailure(null);
    try {
      await onConfirm();
    } catch (error) {
      setFailure(toApiError(error));
      setBusy(false);
      return;
    }
    close();
  };
  return (
    <Dialog title={title} onClose={close}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {children}
        {requiredText !== undefined && (
          <Field
            label={`To go on, type ${requiredText}`}
            value={text}
            onInput={(value) => {
              setText(value);
              setMismatch(false);
            }}
            error={isMismatch ? `That is not ${requiredText}.` : undefined}
          />
        )}
        {failure !== null && (
          <p class="error" role="alert">
            {failure.message}
          </p>
        )}
        <p class="actions">
          <button type="submit" class={isDestructive ? "danger solid" : "primary"} disabled={isBusy}>
            {confirmLabel}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </p>
      </form>
    </Dialog>
  );
}
