import { HeronError } from "../errors.ts";
import type { TemplateOptions } from "./options.ts";
import { type TemplateScope, valueAt, whyMissing } from "./path.ts";
import type { Placeholder } from "./placeholder.ts";
import type { Hole } from "./program.ts";

type WhenMissing = TemplateOptions["missing"];

/** Writes the value as JSON, keeping its type. */
export function valueHole(
  placeholder: Placeholder,
  missing: WhenMissing,
  convert: ((value: unknown) => unknown) | undefined,
): Hole {
  const { path, fallback } = placeholder;
  const byDefault = fallback === undefined ? undefined : JSON.stringify(convert?.(fallback) ?? fallback);
  return (scope) => {
    const value = valueAt(scope, path);
    const json = jsonOf(value, placeholder, convert);
    if (byDefault !== undefined && (json === undefined || json === "null")) return byDefault;
    if (json !== undefined) return json;
    if (missing === "error") throw templateMissing(scope, placeholder);
    return missing === "omit" ? undefined : "null";
  };
}

/** Writes the value as text inside a JSON string. */
export function textHole(
  placeholder: Placeholder,
  missing: WhenMissing,
  escapeText: ((text: string) => string) | undefined,
): Hole {
  const { path, fallback } = placeholder;
  const write = (text: string): string => inside(escapeText === undefined ? text : escapeText(text));
  const byDefault = fallback === undefined ? undefined : write(textOf(fallback, placeholder) ?? "");
  return (scope) => {
    const text = textOf(valueAt(scope, path), placeholder);
    if (byDefault !== undefined && (text === undefined || text === null)) return byDefault;
    if (text !== undefined) return write(text ?? "");
    if (missing === "error") throw templateMissing(scope, placeholder);
    return write("");
  };
}

/** Text as it stands between the quotes of a JSON string. */
export function inside(text: string): string {
  return isPlain(text) ? text : JSON.stringify(text).slice(1, -1);
}

/** What JSON escapes: the quote, the backslash, controls, and halves of pairs where they stand alone. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** Looking through a longer text costs as much as writing it as JSON. Measured by `pnpm bench template`. */
const SHORT = 48;

/** Whether a short text stands in JSON as it is. */
function isPlain(text: string): boolean {
  return text.length <= SHORT && !ESCAPED.test(text);
}

/** A value as text, an object as its JSON; null if JSON has it as null, as it has NaN. */
function textOf(value: unknown, placeholder: Placeholder): string | null | undefined {
  if (typeof value === "string") return value;
  const json = jsonOf(value, placeholder);
  if (json === "null") return null;
  // What writes itself as JSON, such as a Date, may write itself as a string.
  return json?.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** A value as JSON; undefined for what JSON leaves out. */
function jsonOf(
  value: unknown,
  { source }: Placeholder,
  convert: ((value: unknown) => unknown) | undefined = undefined,
): string | undefined {
  try {
    return stringify(convert === undefined ? value : convert(value));
  } catch (cause) {
    throw new HeronError("invalid_event", `What ${source} reads cannot be written as JSON.`, { cause });
  }
}

/** As JSON.stringify, which is most of what a template costs, but quicker with what is read most. */
function stringify(value: unknown): string | undefined {
  if (typeof value === "string" && isPlain(value)) return `"${value}"`;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return JSON.stringify(value);
}

function templateMissing(scope: TemplateScope, { path, source }: Placeholder): HeronError {
  return new HeronError(
    "template_missing",
    `${whyMissing(scope, path, source)}. Mend the path, or say what stands in for it: {{ ${source} ?? "none" }}.`,
  );
}
