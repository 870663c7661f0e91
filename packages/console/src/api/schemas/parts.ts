import type { JsonSchema } from "@heron-webhooks/core";

export const text = (description: string, more: object = {}): JsonSchema => ({
  type: "string",
  description,
  ...more,
});
export const time = (description: string): JsonSchema =>
  text(`${description} ISO 8601, UTC.`, { format: "date-time" });
export const orNull = (schema: JsonSchema): JsonSchema => ({ ...schema, type: [schema["type"], "null"] });
export const list = (name: string): JsonSchema => ({ type: "array", items: ref(name) });

/** A page of a list. */
export const page = (name: string, items: string): JsonSchema => ({
  type: "object",
  required: [name, "next_cursor"],
  properties: {
    [name]: list(items),
    next_cursor: orNull(text("The `cursor` of the next page; null if this is the last.")),
  },
});

export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
