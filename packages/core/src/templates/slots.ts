import { HeronError } from "../errors.ts";
import type { TemplateOptions } from "./options.ts";
import { explainMissing, getValueAt, type TemplateScope } from "./path.ts";
import type { Placeholder } from "./placeholder.ts";
import type { Slot } from "./program.ts";

type MissingPolicy = TemplateOptions["missing"];

/** Writes the value as JSON, keeping its type. */
export function createValueSlot(
  placeholder: Placeholder,
  missing: MissingPolicy,
  convert: ((value: unknown) => unknown) | undefined,
): Slot {
  const { path, defaultValue } = placeholder;
  const defaultJson =
    defaultValue === undefined ? undefined : JSON.stringify(convert?.(defaultValue) ?? defaultValue);
  return (scope) => {
    const value = getValueAt(scope, path);
    const json = toJson(value, placeholder, convert);
    if (defaultJson !== undefined && (json === undefined || json === "null")) return defaultJson;
    if (json !== undefined) return json;
    if (missing === "error") throw createMissingError(scope, placeholder);
    return missing === "omit" ? undefined : "null";
  };
}

/** Writes the value as text inside a JSON string. */
export function createTextSlot(
  placeholder: Placeholder,
  missing: MissingPolicy,
  escapeText: ((text: string) => string) | undefined,
): Slot {
  const { path, defaultValue } = placeholder;
  const write = (text: string): string => escapeJsonText(escapeText === undefined ? text : escapeText(text));
  const defaultText = defaultValue === undefined ? undefined : write(toText(defaultValue, placeholder) ?? "");
  return (scope) => {
    const text = toText(getValueAt(scope, path), placeholder);
    if (defaultText !== undefined && (text === undefined || text === null)) return defaultText;
    if (text !== undefined) return write(text ?? "");
    if (missing === "error") throw createMissingError(scope, placeholder);
    return write("");
  };
}

/** Text as it stands between the quotes of a JSON string. */
export function escapeJsonText(text: string): string {
  return needsNoEscaping(text) ? text : JSON.stringify(text).slice(1, -1);
}

/** What JSON escapes: the quote, the backslash, controls, and halves of pairs where they stand alone. */
const ESCAPED_CHARACTER = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** Looking through a longer text costs as much as writing it as JSON. Measured by `pnpm bench template`. */
const MAX_SCANNED_LENGTH = 48;

/** Whether a short text stands in JSON as it is. */
function needsNoEscaping(text: string): boolean {
  return text.length <= MAX_SCANNED_LENGTH && !ESCAPED_CHARACTER.test(text);
}

/** A value as text, an object as its JSON; null if JSON has it as null, as it has NaN. */
function toText(value: unknown, placeholder: Placeholder): string | null | undefined {
  if (typeof value === "string") return value;
  const json = toJson(value, placeholder);
  if (json === "null") return null;
  // What writes itself as JSON, such as a Date, may write itself as a string.
  return json?.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** A value as JSON; undefined for what JSON leaves out. */
function toJson(
  value: unknown,
  { source }: Placeholder,
  convert: ((value: unknown) => unknown) | undefined = undefined,
): string | undefined {
  try {
    return stringifyFast(convert === undefined ? value : convert(value));
  } catch (cause) {
    throw new HeronError("invalid_event", `What ${source} reads cannot be written as JSON.`, { cause });
  }
}

/** As JSON.stringify, which is most of what a template costs, but quicker with what is read most. */
function stringifyFast(value: unknown): string | undefined {
  if (typeof value === "string" && needsNoEscaping(value)) return `"${value}"`;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return JSON.stringify(value);
}

function createMissingError(scope: TemplateScope, { path, source }: Placeholder): HeronError {
  return new HeronError(
    "template_missing",
    `${explainMissing(scope, path, source)}. Mend the path, or say what stands in for it: {{ ${source} ?? "none" }}.`,
  );
}
