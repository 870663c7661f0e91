import type { JsonSchema } from "@heron-webhooks/core";
import { stringSchema } from "./builders.ts";

/** Topics, users, sessions, and what an answer that refuses is. */
export const COMMON_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Topics: {
    type: "object",
    required: ["topics", "catalogue"],
    properties: {
      topics: { type: "array", items: { type: "string" } },
      catalogue: {
        type: ["object", "null"],
        description: "What is known of each; null if any topic may be emitted.",
        additionalProperties: {
          type: "object",
          required: ["description", "example", "schema"],
          properties: { description: { type: ["string", "null"] }, example: {}, schema: {} },
        },
      },
    },
  },
  Session: {
    type: "object",
    required: ["account", "admin", "heap"],
    properties: {
      account: { type: "string" },
      admin: { type: "boolean" },
      heap: { type: "boolean", description: "Whether Heap's clients may write here, with write keys." },
    },
  },
  LinkKey: {
    type: "object",
    required: ["key"],
    additionalProperties: false,
    properties: { key: stringSchema("From the link's fragment.", { maxLength: 2048 }) },
  },
  User: {
    type: "object",
    required: ["user", "properties"],
    properties: { user: { type: "string" }, properties: { type: "object" } },
  },
  UserProperties: {
    type: "object",
    required: ["properties"],
    additionalProperties: false,
    properties: { properties: { type: "object", description: "Put over those that are there." } },
  },
  Problem: {
    type: "object",
    required: ["code", "name", "description"],
    properties: {
      code: { type: "integer", description: "The status." },
      name: { type: "string" },
      description: { type: "string" },
      reason: stringSchema("A stable code to branch on, such as `url_invalid`."),
      errors: {
        type: "array",
        description: "Which fields are wrong.",
        items: {
          type: "object",
          required: ["pointer", "message"],
          properties: { pointer: stringSchema("JSON pointer, RFC 6901."), message: { type: "string" } },
        },
      },
    },
  },
};
