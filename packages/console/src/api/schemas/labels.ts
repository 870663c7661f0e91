import type { JsonSchema } from "@heron-webhooks/core";
import { arrayOf, ref, stringSchema, timestampSchema } from "./builders.ts";

/** What may be written of which events are meant. */
export const CONDITIONS_SCHEMA: JsonSchema = {
  type: "array",
  description: "What must hold of an event, beside its topic: all of them.",
  items: ref("Condition"),
  maxItems: 10,
};

const LABEL_FIELDS = {
  pattern: stringSchema("Which events it names.", { maxLength: 128 }),
  when: CONDITIONS_SCHEMA,
  description: stringSchema("For whoever looks at it.", { maxLength: 1000 }),
} as const;

/** Conditions, labels and write keys. */
export const LABEL_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Condition: {
    type: "object",
    description: "What must hold of an event: at `path` is what compares so with `value`.",
    required: ["path", "op", "value"],
    additionalProperties: false,
    properties: {
      path: stringSchema("As placeholders have it: `data.amount`, `meta.source`, `user.plan`.", { maxLength: 256 }),
      op: {
        type: "string",
        enum: ["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "starts", "exists"],
      },
      value: {
        description:
          "A scalar; for `in` a list of up to 100 of them, for `exists` true or false; for `contains` text has up to 250 characters.",
      },
    },
  },
  Label: {
    type: "object",
    required: ["name", "topic", "pattern", "when", "description", "created"],
    additionalProperties: false,
    properties: {
      name: { type: "string" },
      topic: stringSchema("`label.<name>`: what a webhook asks for."),
      pattern: { type: "string" },
      when: arrayOf("Condition"),
      description: { type: "string" },
      created: timestampSchema("When it was made."),
    },
  },
  NewLabel: {
    type: "object",
    required: ["name", "pattern"],
    additionalProperties: false,
    properties: { name: stringSchema("`a-z`, `0-9` and `_`.", { maxLength: 64 }), ...LABEL_FIELDS },
  },
  LabelChanges: { type: "object", additionalProperties: false, properties: { ...LABEL_FIELDS } },
  LabelAnswer: { type: "object", required: ["label"], properties: { label: ref("Label") } },
  Labels: { type: "object", required: ["labels"], properties: { labels: arrayOf("Label") } },
  MatchingRequest: {
    type: "object",
    required: ["topics"],
    additionalProperties: false,
    properties: {
      topics: {
        type: "array",
        description: "Patterns.",
        items: { type: "string", maxLength: 128 },
        minItems: 1,
        maxItems: 50,
      },
      when: CONDITIONS_SCHEMA,
    },
  },
  Matching: {
    type: "object",
    required: ["looked", "matched", "events"],
    properties: {
      looked: { type: "integer", description: "How many of the newest events were looked at." },
      matched: { type: "integer" },
      events: {
        type: "array",
        description: "The newest of those that match, up to 10.",
        items: {
          type: "object",
          required: ["heron_id", "topic", "published", "delivery"],
          properties: {
            heron_id: { type: "string" },
            topic: { type: "string" },
            published: timestampSchema("When it was emitted."),
            delivery: stringSchema("A delivery of it."),
          },
        },
      },
    },
  },
  WriteKey: {
    type: "object",
    required: ["heron_id", "hint", "description", "created"],
    additionalProperties: false,
    properties: {
      heron_id: stringSchema("`wky_…`"),
      hint: stringSchema("The last characters of the key."),
      description: { type: "string" },
      created: timestampSchema("When it was made."),
    },
  },
  NewWriteKey: {
    type: "object",
    additionalProperties: false,
    properties: { description: stringSchema("What it is for.", { maxLength: 1000 }) },
  },
  MadeWriteKey: {
    type: "object",
    required: ["write_key", "key"],
    properties: {
      write_key: ref("WriteKey"),
      key: stringSchema("The `app_id` that programs send: told this once.", { pattern: "^app_" }),
    },
  },
  WriteKeys: { type: "object", required: ["write_keys"], properties: { write_keys: arrayOf("WriteKey") } },
};
