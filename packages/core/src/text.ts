/** Characters that JSON leaves as they are and a terminal or a log reader acts on: DEL, C1, separators, bidi, BOM. */
const CONTROL_CHARACTERS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** JSON text in which nothing can act on whoever reads it. */
export function escapeControl(json: string): string {
  return json.replace(CONTROL_CHARACTERS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A value as an error message may show it: short, on one line, and inert. */
export function formatValue(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = escapeControl(typeof value === "string" ? JSON.stringify(value) : String(value));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
