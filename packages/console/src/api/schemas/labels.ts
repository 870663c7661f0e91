import type { JsonSchema } from "@heron-webhooks/core";
import { arrayOf, ref, stringSchema, timestampSchema } from "./builders.ts";

export const CONDITIONS_SCHEMA: JsonSchema = {
  type: "array",
  description: "Conditions that must all match.",
  items: ref("Condition"),
  maxItems: 10,
};

const LABEL_FIELDS = {
  pattern: stringSchema("Topic pattern.", { maxLength: 128 }),
  conditions: CONDITIONS_SCHEMA,
  description: stringSchema("Description for people.", { maxLength: 1000 }),
} as const;

/** Schemas of conditions, labels and write keys. */
export const LABEL_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Condition: {
    type: "object",
    description: "Compares the value at `path` with `value`.",
    required: ["path", "op", "value"],
    additionalProperties: false,
    properties: {
      path: stringSchema("Path as in templates: `data.amount`, `meta.source`, `user.plan`.", {
        maxLength: 256,
      }),
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
    required: ["name", "topic", "pattern", "conditions", "description", "created"],
    additionalProperties: false,
    properties: {
      name: { type: "string" },
      topic: stringSchema("Topic of the label: `label.<name>`."),
      pattern: { type: "string" },
      conditions: arrayOf("Condition"),
      description: { type: "string" },
      created: timestampSchema("Creation time."),
    },
  },
  CreateLabelRequest: {
    type: "object",
    required: ["name", "pattern"],
    additionalProperties: false,
    properties: { name: stringSchema("`a-z`, `0-9` and `_`.", { maxLength: 64 }), ...LABEL_FIELDS },
  },
  UpdateLabelRequest: { type: "object", additionalProperties: false, properties: { ...LABEL_FIELDS } },
  LabelResponse: { type: "object", required: ["label"], properties: { label: ref("Label") } },
  LabelList: { type: "object", required: ["labels"], properties: { labels: arrayOf("Label") } },
  PreviewMatchesRequest: {
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
      conditions: CONDITIONS_SCHEMA,
    },
  },
  MatchPreview: {
    type: "object",
    required: ["examined_count", "matched_count", "events"],
    properties: {
      examined_count: { type: "integer", description: "Number of recent events examined." },
      matched_count: { type: "integer" },
      events: {
        type: "array",
        description: "Newest matching events, at most 10.",
        items: {
          type: "object",
          required: ["heron_id", "topic", "published_at", "delivery"],
          properties: {
            heron_id: { type: "string" },
            topic: { type: "string" },
            published_at: timestampSchema("Publish time."),
            delivery: stringSchema("One of its deliveries."),
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
      hint: stringSchema("Last characters of the key."),
      description: { type: "string" },
      created: timestampSchema("Creation time."),
    },
  },
  CreateWriteKeyRequest: {
    type: "object",
    additionalProperties: false,
    properties: { description: stringSchema("Description.", { maxLength: 1000 }) },
  },
  CreatedWriteKey: {
    type: "object",
    required: ["write_key", "key"],
    properties: {
      write_key: ref("WriteKey"),
      key: stringSchema("Value of `app_id`; returned only once.", { pattern: "^app_" }),
    },
  },
  WriteKeyList: { type: "object", required: ["write_keys"], properties: { write_keys: arrayOf("WriteKey") } },
};
