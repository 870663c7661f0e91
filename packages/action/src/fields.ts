import { compileTemplate } from "@heron-webhooks/core/templates";
import { createInputError, type Inputs, withInputName } from "./inputs.ts";
import { RUN_ROOTS, type Scope } from "./scope.ts";

const FIELD_LINE = /^\s*([A-Za-z_][\w-]*)\s*(:?=)\s*(.*)$/s;

/** The hint for text that looks like fields. */
export const TEXT_LIKE_FIELDS_HINT =
  "A line of inserted text can look like a field: read such text by its path, as in commit:=github.event.head_commit.message";

interface Field {
  readonly name: string;
  /** Whether the value is a path into the context rather than text. */
  readonly isPath: boolean;
  value: string;
}

/**
 * Parses the input `fields`: `name=text` is literal text; `name:=path` is the context's value at a path, of any type.
 * A line that starts no field continues the text above. Text is literal: quotes and placeholders have no meaning.
 * @throws HeronError `option_invalid`, `template_invalid`, `template_missing`
 */
export function parseFields(inputs: Inputs, scope: Scope): Readonly<Record<string, unknown>> {
  const fields: Field[] = [];
  for (const line of inputs.getText("fields").split("\n")) {
    const [, name, operator = "", value = ""] = FIELD_LINE.exec(line) ?? [];
    const lastField = fields.at(-1);
    if (name !== undefined) fields.push({ name, isPath: operator === ":=", value });
    else if (lastField !== undefined && !lastField.isPath) lastField.value += `\n${line}`;
    else if (line.trim() !== "")
      throw createInputError(
        "fields",
        "must be lines of name=text or name:=path, such as commit:=github.event.head_commit.message",
      );
  }
  const names = new Set(fields.map(({ name }) => name));
  if (names.size < fields.length)
    throw createInputError("fields", `names a field twice. ${TEXT_LIKE_FIELDS_HINT}`);
  return Object.fromEntries(fields.map((field) => [field.name, resolveValue(field, scope)]));
}

function resolveValue({ name, isPath, value }: Field, scope: Scope): unknown {
  if (!isPath) return value.trimEnd();
  return withInputName(`fields, ${name}`, () =>
    compileTemplate(`{{ ${value.trim()} }}`, { missing: "error", roots: RUN_ROOTS }).render(scope),
  );
}
