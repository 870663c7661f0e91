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
    if (byDefault !== undefined && (value === null || value === undefined)) return byDefault;
    const json = jsonOf(convert === undefined ? value : convert(value), placeholder);
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
    const value = valueAt(scope, path);
    if (byDefault !== undefined && (value === null || value === undefined)) return byDefault;
    const text = textOf(value, placeholder);
    if (text !== undefined) return write(text);
    if (missing === "error") throw templateMissing(scope, placeholder);
    return "";
  };
}

/** Text as it stands between the quotes of a JSON string. */
export function inside(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A value as text: null nothing, an object its JSON. */
function textOf(value: unknown, placeholder: Placeholder): string | undefined {
  if (typeof value === "string") return value;
  if (value === null) return "";
  const json = jsonOf(value, placeholder);
  // What writes itself as JSON, such as a Date, may write itself as a string.
  return json?.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** A value as JSON; undefined for what JSON leaves out. */
function jsonOf(value: unknown, { source }: Placeholder): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new HeronError("invalid_event", `What ${source} reads cannot be written as JSON.`, { cause });
  }
}

function templateMissing(scope: TemplateScope, { path, source }: Placeholder): HeronError {
  return new HeronError(
    "template_missing",
    `${whyMissing(scope, path, source)}. Mend the path, or say what stands in for it: {{ ${source} ?? "none" }}.`,
  );
}
