import { useEffect, useId, useRef } from "preact/hooks";
import { BLANK, type ConditionDraft, errorAt, MOST_CONDITIONS } from "./condition-draft.ts";
import type { KnownPath } from "./paths.ts";
import { ConditionRow } from "./row.tsx";

export interface ConditionsProps {
  readonly when: readonly ConditionDraft[];
  readonly change: (when: readonly ConditionDraft[]) => void;
  /** Paths to choose from. */
  readonly paths: readonly KnownPath[];
  /** What is wrong, by JSON pointer. */
  readonly errors: ReadonlyMap<string, string> | undefined;
  readonly children?: preact.ComponentChildren;
}

/** What must hold of an event, beside its topic: a row for each condition. */
export function Conditions({ when, change, paths, errors, children }: ConditionsProps) {
  const id = useId();
  const field = useRef<HTMLFieldSetElement>(null);
  /** The row whose path is to have the focus once it is there; -1 for what adds one. */
  const next = useRef<number | null>(null);
  useEffect(() => {
    if (next.current === null) return;
    const of = next.current < 0 ? ".add-condition" : `[data-row="${next.current}"] input`;
    next.current = null;
    field.current?.querySelector<HTMLElement>(of)?.focus();
  });
  const add = (): void => {
    next.current = when.length;
    change([...when, BLANK]);
  };
  const remove = (row: number): void => {
    next.current = when.length === 1 ? -1 : Math.min(row, when.length - 2);
    change(when.filter((_, i) => i !== row));
  };
  const whole = errors?.get("/when");
  return (
    <fieldset class="field conditions" ref={field} aria-describedby={`${id}-hint`}>
      <legend>Only if</legend>
      <p class="hint" id={`${id}-hint`}>
        {when.length === 0
          ? "Whatever is in it. Add conditions to choose by what is in the event: all of them must hold."
          : 'All of these hold. What you type is a number if it looks like one: 100 is a number, and "100" in quotes is text.'}
      </p>
      <datalist id={`${id}-paths`}>
        {paths.map(({ path, example }) => (
          <option key={path} value={path} label={`${path}, such as ${example}`} />
        ))}
      </datalist>
      {when.map((draft, i) => (
        <ConditionRow
          key={i}
          row={i}
          draft={draft}
          paths={`${id}-paths`}
          errorOf={(name) => errorAt(errors, when, i, name)}
          change={(parts) => change(when.map((one, at) => (at === i ? { ...one, ...parts } : one)))}
          remove={() => remove(i)}
        />
      ))}
      {whole !== undefined && (
        <p class="error" role="alert">
          {whole}
        </p>
      )}
      {when.length < MOST_CONDITIONS ? (
        <button type="button" class="add-condition" onClick={add}>
          Add a condition
        </button>
      ) : (
        <p class="hint">There may be {MOST_CONDITIONS} at the most.</p>
      )}
      {children}
    </fieldset>
  );
}
