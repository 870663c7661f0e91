import { useId } from "preact/hooks";
import { type ConditionDraft, describeValueTypes } from "./condition-draft.ts";
import { OPERATORS } from "./operators.ts";
import type { ConditionOp } from "./scalar-input.ts";

export interface ConditionRowProps {
  readonly row: number;
  readonly draft: ConditionDraft;
  /** The id of the list of paths. */
  readonly pathListId: string;
  readonly getError: (field: "path" | "op" | "value" | null) => string | undefined;
  readonly onChange: (changes: Partial<ConditionDraft>) => void;
  readonly onRemove: () => void;
}

/** One condition: path, operator and value. */
export function ConditionRow({ row, draft, pathListId, getError, onChange, onRemove }: ConditionRowProps) {
  const id = useId();
  const name = `condition ${row + 1}`;
  const errors = (["path", "op", "value", null] as const).flatMap((field) => {
    const text = getError(field);
    return text === undefined ? [] : [{ field, text }];
  });
  const toAriaProps = (field: "path" | "op" | "value", ...descriptionIds: readonly string[]): object => {
    const isInvalid = getError(field) !== undefined;
    const ids = [...descriptionIds, ...(isInvalid ? [`${id}-${field}`] : [])].join(" ");
    return { "aria-invalid": isInvalid, ...(ids === "" ? {} : { "aria-describedby": ids }) };
  };
  return (
    <div class={errors.length === 0 ? "condition" : "condition invalid"} data-row={row}>
      <input
        aria-label={`Path of ${name}`}
        placeholder="data.amount"
        list={pathListId}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        value={draft.path}
        onInput={({ currentTarget: { value } }) => onChange({ path: value })}
        {...toAriaProps("path")}
      />
      <select
        aria-label={`Operator of ${name}`}
        value={draft.op}
        onChange={({ currentTarget: { value } }) => onChange({ op: value as ConditionOp })}
        {...toAriaProps("op")}
      >
        {OPERATORS.map(([op, label]) => (
          <option key={op} value={op}>
            {label}
          </option>
        ))}
      </select>
      <ValueInput
        draft={draft}
        name={name}
        onChange={onChange}
        ariaProps={toAriaProps("value", `${id}-type`)}
      />
      <output class="value-type" id={`${id}-type`}>
        {draft.op === "exists" ? "" : describeValueTypes(draft)}
      </output>
      <button type="button" class="remove" aria-label={`Remove ${name}`} title="Remove" onClick={onRemove}>
        <span aria-hidden="true">×</span>
      </button>
      {errors.map(({ field, text }) => (
        <p key={field} class="error" id={`${id}-${field}`} role="alert">
          {text}
        </p>
      ))}
    </div>
  );
}

/** The value: a choice, a list or a text. */
function ValueInput({
  draft: { op, text },
  name,
  onChange,
  ariaProps,
}: Pick<ConditionRowProps, "draft" | "onChange"> & { readonly name: string; readonly ariaProps: object }) {
  const commonProps = {
    "aria-label": `Value of ${name}`,
    spellcheck: false,
    autocomplete: "off",
    ...ariaProps,
  };
  if (op === "exists")
    return (
      <select
        {...commonProps}
        value={text.trim() === "false" ? "false" : "true"}
        onChange={({ currentTarget: { value } }) => onChange({ text: value })}
      >
        <option value="true">yes</option>
        <option value="false">no</option>
      </select>
    );
  if (op === "in")
    return (
      <textarea
        {...commonProps}
        rows={3}
        placeholder="One per line"
        value={text}
        onInput={({ currentTarget: { value } }) => onChange({ text: value })}
      />
    );
  return (
    <input
      {...commonProps}
      placeholder={op === "contains" || op === "starts" ? "text" : "100"}
      value={text}
      onInput={({ currentTarget: { value } }) => onChange({ text: value })}
    />
  );
}
