import { useId } from "preact/hooks";
import { type ConditionDraft, kindsIn } from "./condition-draft.ts";
import { OPS } from "./ops.ts";
import type { ConditionOp } from "./typed.ts";

export interface ConditionRowProps {
  readonly row: number;
  readonly draft: ConditionDraft;
  /** The id of the list of paths. */
  readonly paths: string;
  readonly errorOf: (field: "path" | "op" | "value" | null) => string | undefined;
  readonly change: (parts: Partial<ConditionDraft>) => void;
  readonly remove: () => void;
}

/** One condition, to be typed: where, how, and with what. */
export function ConditionRow({ row, draft, paths, errorOf, change, remove }: ConditionRowProps) {
  const id = useId();
  const name = `condition ${row + 1}`;
  const wrong = (["path", "op", "value", null] as const).flatMap((field) => {
    const text = errorOf(field);
    return text === undefined ? [] : [{ field, text }];
  });
  const told = (field: "path" | "op" | "value", ...others: readonly string[]): object => {
    const isWrong = errorOf(field) !== undefined;
    const ids = [...others, ...(isWrong ? [`${id}-${field}`] : [])].join(" ");
    return { "aria-invalid": isWrong, ...(ids === "" ? {} : { "aria-describedby": ids }) };
  };
  return (
    <div class={wrong.length === 0 ? "condition" : "condition wrong"} data-row={row}>
      <input
        aria-label={`Path of ${name}`}
        placeholder="data.amount"
        list={paths}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        value={draft.path}
        onInput={({ currentTarget: { value } }) => change({ path: value })}
        {...told("path")}
      />
      <select
        aria-label={`How ${name} compares`}
        value={draft.op}
        onChange={({ currentTarget: { value } }) => change({ op: value as ConditionOp })}
        {...told("op")}
      >
        {OPS.map(([op, words]) => (
          <option key={op} value={op}>
            {words}
          </option>
        ))}
      </select>
      <Value draft={draft} name={name} change={change} told={told("value", `${id}-kind`)} />
      <output class="kind" id={`${id}-kind`}>
        {draft.op === "exists" ? "" : kindsIn(draft)}
      </output>
      <button type="button" class="remove" aria-label={`Remove ${name}`} title="Remove" onClick={remove}>
        <span aria-hidden="true">×</span>
      </button>
      {wrong.map(({ field, text }) => (
        <p key={field} class="error" id={`${id}-${field}`} role="alert">
          {text}
        </p>
      ))}
    </div>
  );
}

/** What is compared with: a choice, a list, or a text whose kind is said beside it. */
function Value({
  draft: { op, text },
  name,
  change,
  told,
}: Pick<ConditionRowProps, "draft" | "change"> & { readonly name: string; readonly told: object }) {
  const common = { "aria-label": `Value of ${name}`, spellcheck: false, autocomplete: "off", ...told };
  if (op === "exists")
    return (
      <select
        {...common}
        value={text.trim() === "false" ? "false" : "true"}
        onChange={({ currentTarget: { value } }) => change({ text: value })}
      >
        <option value="true">yes</option>
        <option value="false">no</option>
      </select>
    );
  if (op === "in")
    return (
      <textarea
        {...common}
        rows={3}
        placeholder="One on a line"
        value={text}
        onInput={({ currentTarget: { value } }) => change({ text: value })}
      />
    );
  return (
    <input
      {...common}
      placeholder={op === "contains" || op === "starts" ? "text" : "100"}
      value={text}
      onInput={({ currentTarget: { value } }) => change({ text: value })}
    />
  );
}
