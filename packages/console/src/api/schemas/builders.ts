import type { JsonSchema } from "@heron-webhooks/core";

export const stringSchema = (description: string, keywords: object = {}): JsonSchema => ({
  type: "string",
  description,
  ...keywords,
});
export const timestampSchema = (description: string): JsonSchema =>
  stringSchema(`${description} ISO 8601, UTC.`, { format: "date-time" });
export const nullable = (schema: JsonSchema): JsonSchema => ({ ...schema, type: [schema["type"], "null"] });
export const arrayOf = (name: string): JsonSchema => ({ type: "array", items: ref(name) });

/** One page of a list. */
export const pageSchema = (name: string, items: string): JsonSchema => ({
  type: "object",
  required: [name, "next_cursor"],
  properties: {
    [name]: arrayOf(items),
    next_cursor: nullable(stringSchema("Cursor of the next page, or null.")),
  },
});

export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
