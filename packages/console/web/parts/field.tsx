import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly lines?: number;
  readonly autofocus?: boolean;
  readonly children?: ComponentChildren;
}

/** A form field with label, hint and error. */
export function Field({ label, hint, error, value, onInput, lines, children, ...rest }: FieldProps) {
  const id = useId();
  const descriptionIds = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`]
    .join(" ")
    .trim();
  const commonProps = {
    id,
    value,
    "aria-invalid": error !== undefined,
    ...(descriptionIds === "" ? {} : { "aria-describedby": descriptionIds }),
    spellcheck: false,
    autocomplete: "off",
    ...rest,
  };
  return (
    <div class={error === undefined ? "field" : "field invalid"}>
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {lines === undefined ? (
        <input {...commonProps} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <textarea {...commonProps} rows={lines} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
      {error !== undefined && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      {children}
    </div>
  );
}
