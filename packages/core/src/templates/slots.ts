import { HeronError } from "../errors.ts";
import type { TemplateOptions } from "./options.ts";
import { explainMissing, getValueAt, type TemplateScope } from "./path.ts";
import type { Placeholder } from "./placeholder.ts";
import type { Slot } from "./program.ts";

type MissingPolicy = TemplateOptions["missing"];

/** Renders the value as JSON of its own type. */
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

/** Renders the value as text inside a JSON string. */
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

/** Escapes text for a JSON string. */
export function escapeJsonText(text: string): string {
  return needsNoEscaping(text) ? text : JSON.stringify(text).slice(1, -1);
}

/** The characters that JSON escapes: quote, backslash, controls and lone surrogates. */
const ESCAPED_CHARACTER = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** Scanning longer text costs as much as JSON.stringify. Measured by `pnpm bench template`. */
const MAX_SCANNED_LENGTH = 48;

/** Whether a short text needs no escaping in JSON. */
function needsNoEscaping(text: string): boolean {
  return text.length <= MAX_SCANNED_LENGTH && !ESCAPED_CHARACTER.test(text);
}

/** A value as text, an object as JSON; null where its JSON is null, as for NaN. */
function toText(value: unknown, placeholder: Placeholder): string | null | undefined {
  if (typeof value === "string") return value;
  const json = toJson(value, placeholder);
  if (json === "null") return null;
  // A value with toJSON, such as a Date, can become a string.
  return json?.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** A value as JSON; undefined for values that JSON omits. */
function toJson(
  value: unknown,
  { source }: Placeholder,
  convert: ((value: unknown) => unknown) | undefined = undefined,
): string | undefined {
  try {
    return stringifyFast(convert === undefined ? value : convert(value));
  } catch (cause) {
    throw new HeronError("invalid_event", `The value of ${source} cannot be written as JSON.`, { cause });
  }
}

/** JSON.stringify with a fast path for common values: it is most of a rendering's cost. */
function stringifyFast(value: unknown): string | undefined {
  if (typeof value === "string" && needsNoEscaping(value)) return `"${value}"`;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return JSON.stringify(value);
}

function createMissingError(scope: TemplateScope, { path, source }: Placeholder): HeronError {
  return new HeronError(
    "template_missing",
    `${explainMissing(scope, path, source)}. Fix the path or add a default: {{ ${source} ?? "none" }}.`,
  );
}
