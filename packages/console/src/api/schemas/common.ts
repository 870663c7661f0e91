import type { JsonSchema } from "@heron-webhooks/core";
import { stringSchema } from "./builders.ts";

/** Schemas of topics, users, sessions and errors. */
export const COMMON_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Topics: {
    type: "object",
    required: ["topics", "catalogue"],
    properties: {
      topics: { type: "array", items: { type: "string" } },
      catalogue: {
        type: ["object", "null"],
        description: "Description, example and schema by topic; null if there is no catalogue.",
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
    required: ["account", "admin", "heap_api"],
    properties: {
      account: { type: "string" },
      admin: { type: "boolean" },
      heap_api: { type: "boolean", description: "Whether the Heap-compatible API is on." },
    },
  },
  CreateSessionRequest: {
    type: "object",
    required: ["key"],
    additionalProperties: false,
    properties: { key: stringSchema("Key from the link's fragment.", { maxLength: 2048 }) },
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
    properties: { properties: { type: "object", description: "Merged into the existing properties." } },
  },
  Problem: {
    type: "object",
    required: ["code", "name", "description"],
    properties: {
      code: { type: "integer", description: "HTTP status." },
      name: { type: "string" },
      description: { type: "string" },
      reason: stringSchema("A stable code to branch on, such as `url_invalid`."),
      errors: {
        type: "array",
        description: "Invalid fields.",
        items: {
          type: "object",
          required: ["pointer", "message"],
          properties: { pointer: stringSchema("JSON pointer, RFC 6901."), message: { type: "string" } },
        },
      },
    },
  },
};
