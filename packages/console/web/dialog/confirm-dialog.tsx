import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { toApiError } from "../parts/resource.tsx";
import { Dialog } from "./dialog.tsx";

export interface ConfirmDialogProps {
  readonly title: string;
  /** The consequences. */
  readonly children: ComponentChildren;
  readonly confirmLabel: string;
  readonly isDestructive?: boolean;
  /** Text to type first, for actions that cannot be undone. */
  readonly requiredText?: string;
  /** Runs the action. An error is shown, and the user can retry. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for confirmation before an action that is hard to undo or affects others. */
export function ConfirmDialog({
  title,
  children,
  confirmLabel,
  isDestructive = false,
  requiredText,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
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
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {children}
        {requiredText !== undefined && (
          <Field
            label={`Type ${requiredText} to confirm`}
            value={text}
            onInput={(value) => {
              setText(value);
              setMismatch(false);
            }}
            error={isMismatch ? `The text does not match ${requiredText}.` : undefined}
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
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </p>
      </form>
    </Dialog>
  );
}
