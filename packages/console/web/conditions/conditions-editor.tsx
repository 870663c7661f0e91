import { useId, useLayoutEffect, useRef } from "preact/hooks";
import {
  type ConditionDraft,
  EMPTY_CONDITION,
  findConditionError,
  MAX_CONDITIONS,
} from "./condition-draft.ts";
import { ConditionRow } from "./condition-row.tsx";
import type { EventPath } from "./event-paths.ts";

export interface ConditionsEditorProps {
  readonly conditions: readonly ConditionDraft[];
  readonly onChange: (conditions: readonly ConditionDraft[]) => void;
  /** Paths to choose from. */
  readonly eventPaths: readonly EventPath[];
  /** Errors by JSON pointer. */
  readonly errors: ReadonlyMap<string, string> | undefined;
  readonly children?: preact.ComponentChildren;
}

export function ConditionsEditor({
  conditions,
  onChange,
  eventPaths,
  errors,
  children,
}: ConditionsEditorProps) {
  const id = useId();
  const fieldset = useRef<HTMLFieldSetElement>(null);
  /** The row to focus after rendering; -1 for the button that adds one. */
  const rowToFocus = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (rowToFocus.current === null) return;
    const selector = rowToFocus.current < 0 ? ".add-condition" : `[data-row="${rowToFocus.current}"] input`;
    const element = fieldset.current?.querySelector<HTMLElement>(selector);
    // An earlier render can commit before the one that adds the row.
    if (!element) return;
    rowToFocus.current = null;
    element.focus();
  });
  const add = (): void => {
    rowToFocus.current = conditions.length;
    onChange([...conditions, EMPTY_CONDITION]);
  };
  const remove = (row: number): void => {
    rowToFocus.current = conditions.length === 1 ? -1 : Math.min(row, conditions.length - 2);
    onChange(conditions.filter((_, i) => i !== row));
  };
  const listError = errors?.get("/conditions");
  return (
    <fieldset class="field conditions" ref={fieldset} aria-describedby={`${id}-hint`}>
      <legend>Conditions (optional)</legend>
      <p class="hint" id={`${id}-hint`}>
        {conditions.length === 0
          ? "Send only events that match all of these."
          : 'All must match. Numbers are detected automatically. Use quotes for text: "100".'}
      </p>
      <datalist id={`${id}-paths`}>
        {eventPaths.map(({ path, example }) => (
          <option key={path} value={path} label={`${path}, for example ${example}`} />
        ))}
      </datalist>
      {conditions.map((draft, i) => (
        <ConditionRow
          key={i}
          row={i}
          draft={draft}
          pathListId={`${id}-paths`}
          getError={(name) => findConditionError(errors, conditions, i, name)}
          onChange={(changes) =>
            onChange(
              conditions.map((condition, index) => (index === i ? { ...condition, ...changes } : condition)),
            )
          }
          onRemove={() => remove(i)}
        />
      ))}
      {listError !== undefined && (
        <p class="error" role="alert">
          {listError}
        </p>
      )}
      {conditions.length < MAX_CONDITIONS ? (
        <button type="button" class="add-condition" onClick={add}>
          Add condition
        </button>
      ) : (
        <p class="hint">Maximum: {MAX_CONDITIONS} conditions.</p>
      )}
      {children}
    </fieldset>
  );
}
