/** Characters that JSON does not escape but terminals and log viewers interpret: DEL, C1, separators, bidi, BOM. */
const CONTROL_CHARACTERS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Escapes control characters in JSON text. */
export function escapeControl(json: string): string {
  return json.replace(CONTROL_CHARACTERS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Formats a value for an error message: short, on one line, and escaped. */
export function formatValue(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = escapeControl(typeof value === "string" ? JSON.stringify(value) : String(value));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
