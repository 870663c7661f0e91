/** A value as JSON, its type kept: what every engine but ours is handed to write a value with. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}

/** A value inside a JSON string: text without the quotes around it. */
export function text(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
}
