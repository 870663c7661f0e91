import { useEffect, useId, useRef } from "preact/hooks";
import { EMPTY_CONDITION, type ConditionDraft, findConditionError, MAX_CONDITIONS } from "./condition-draft.ts";
import type { EventPath } from "./event-paths.ts";
import { ConditionRow } from "./condition-row.tsx";

export interface ConditionsEditorProps {
  readonly conditions: readonly ConditionDraft[];
  readonly onChange: (when: readonly ConditionDraft[]) => void;
  /** Paths to choose from. */
  readonly eventPaths: readonly EventPath[];
  /** What is wrong, by JSON pointer. */
  readonly errors: ReadonlyMap<string, string> | undefined;
  readonly children?: preact.ComponentChildren;
}

/** What must hold of an event, beside its topic: a row for each condition. */
export function ConditionsEditor({ conditions: when, onChange: change, eventPaths, errors, children }: ConditionsEditorProps) {
  const id = useId();
  const fieldset = useRef<HTMLFieldSetElement>(null);
  /** The row whose path is to have the focus once it is there; -1 for what adds one. */
  const rowToFocus = useRef<number | null>(null);
  useEffect(() => {
    if (rowToFocus.current === null) return;
    const selector = rowToFocus.current < 0 ? ".add-condition" : `[data-row="${rowToFocus.current}"] input`;
    rowToFocus.current = null;
    fieldset.current?.querySelector<HTMLElement>(selector)?.focus();
  });
  const add = (): void => {
    rowToFocus.current = when.length;
    change([...when, EMPTY_CONDITION]);
  };
  const remove = (row: number): void => {
    rowToFocus.current = when.length === 1 ? -1 : Math.min(row, when.length - 2);
    change(when.filter((_, i) => i !== row));
  };
  const listError = errors?.get("/when");
  return (
    <fieldset class="field conditions" ref={fieldset} aria-describedby={`${id}-hint`}>
      <legend>Only if</legend>
      <p class="hint" id={`${id}-hint`}>
        {when.length === 0
          ? "Send only events that match all of these."
          : 'All must match. Numbers are detected automatically. Use quotes for text: "100".'}
      </p>
      <datalist id={`${id}-paths`}>
        {eventPaths.map(({ path, example }) => (
          <option key={path} value={path} label={`${path}, such as ${example}`} />
        ))}
      </datalist>
      {when.map((draft, i) => (
        <ConditionRow
          key={i}
          row={i}
          draft={draft}
          pathListId={`${id}-paths`}
          getError={(name) => findConditionError(errors, when, i, name)}
          onChange={(changes) => change(when.map((condition, index) => (index === i ? { ...condition, ...changes } : condition)))}
          onRemove={() => remove(i)}
        />
      ))}
      {listError !== undefined && (
        <p class="error" role="alert">
          {listError}
        </p>
      )}
      {when.length < MAX_CONDITIONS ? (
        <button type="button" class="add-condition" onClick={add}>
          Add condition
        </button>
      ) : (
        <p class="hint">There may be {MAX_CONDITIONS} at the most.</p>
      )}
      {children}
    </fieldset>
  );
}
