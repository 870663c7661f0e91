import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Refused } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { refusalOf } from "../parts/loaded.tsx";
import { Dialog } from "./dialog.tsx";

export interface ConfirmProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ComponentChildren;
  /** What the button says. */
  readonly verb: string;
  readonly isDangerous?: boolean;
  /** What must be typed first, where nothing brings back what goes. */
  readonly typed?: string;
  /** Does it. What it throws is shown here, and it may be tried again. */
  readonly run: () => Promise<void>;
  readonly close: () => void;
}

/** Asks before something is done that cannot be taken back, or that others feel. */
export function Confirm({ title, children, verb, isDangerous = false, typed, run, close }: ConfirmProps) {
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<Refused | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isWrong, setWrong] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    if (typed !== undefined && text.trim() !== typed) return setWrong(true);
    setBusy(true);
    setFailure(null);
    try {
      await run();
    } catch (error) {
      setFailure(refusalOf(error));
      setBusy(false);
      return;
    }
    close();
  };
  return (
    <Dialog title={title} close={close}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {children}
        {typed !== undefined && (
          <Field
            label={`To go on, type ${typed}`}
            value={text}
            onInput={(value) => {
              setText(value);
              setWrong(false);
            }}
            error={isWrong ? `That is not ${typed}.` : undefined}
          />
        )}
        {failure !== null && (
          <p class="error" role="alert">
            {failure.message}
          </p>
        )}
        <p class="actions">
          <button type="submit" class={isDangerous ? "danger solid" : "primary"} disabled={isBusy}>
            {verb}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </p>
      </form>
    </Dialog>
  );
}
