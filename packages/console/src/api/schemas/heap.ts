import type { JsonSchema } from "@heron-webhooks/core";
import { stringSchema } from "./builders.ts";

const APP_ID_SCHEMA = stringSchema("A write key, `app_…`.", { maxLength: 255 });
const IDENTITY_SCHEMA = stringSchema("User identity.", {
  minLength: 1,
  maxLength: 255,
});
const USER_ID_SCHEMA = {
  type: ["string", "integer"],
  description: "Instead of `identity`, a number from 0 to 2^53-1: the user `user_id:<number>`.",
  pattern: "^[0-9]{1,16}$",
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
} as const;
const USER_REFERENCE = [
  { required: ["identity"], properties: { identity: {} } },
  { required: ["user_id"], properties: { user_id: {} } },
] as const;
const PROPERTIES_SCHEMA = {
  type: "object",
  description:
    "Names and strings of up to 1,024 characters, numbers, booleans. Lists are joined by `||` and truncated.",
  maxProperties: 1000,
} as const;

const EVENT_FIELDS = {
  event: stringSchema("Event name, for example `Send Email`.", { minLength: 1, maxLength: 1024 }),
  identity: IDENTITY_SCHEMA,
  user_id: USER_ID_SCHEMA,
  session_id: { type: ["string", "integer"], description: "Ignored." },
  timestamp: {
    type: ["string", "integer"],
    description: "ISO 8601, or milliseconds since 1970. Default: now.",
    maxLength: 40,
  },
  properties: PROPERTIES_SCHEMA,
  idempotency_key: stringSchema("Repeating a key while the event is stored has no effect.", {
    minLength: 1,
    maxLength: 1024,
  }),
} as const;

const USER_FIELDS = {
  identity: IDENTITY_SCHEMA,
  user_id: USER_ID_SCHEMA,
  properties: PROPERTIES_SCHEMA,
} as const;

/** Requests of Heap's server-side API, single and bulk. Source: Heap, "Track" and "Add User Properties". */
export const HEAP_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  HeapEvent: {
    type: "object",
    required: ["event"],
    oneOf: USER_REFERENCE,
    additionalProperties: false,
    properties: EVENT_FIELDS,
  },
  HeapTrack: {
    type: "object",
    required: ["app_id", "event"],
    oneOf: USER_REFERENCE,
    additionalProperties: false,
    properties: { app_id: APP_ID_SCHEMA, ...EVENT_FIELDS },
  },
  HeapTrackBulk: {
    type: "object",
    required: ["app_id", "events"],
    additionalProperties: false,
    properties: {
      app_id: APP_ID_SCHEMA,
      events: {
        type: "array",
        items: { $ref: "#/components/schemas/HeapEvent" },
        minItems: 1,
        maxItems: 1000,
      },
    },
  },
  HeapUser: {
    type: "object",
    required: ["properties"],
    oneOf: USER_REFERENCE,
    additionalProperties: false,
    properties: USER_FIELDS,
  },
  HeapUserProperties: {
    type: "object",
    required: ["app_id", "properties"],
    oneOf: USER_REFERENCE,
    additionalProperties: false,
    properties: { app_id: APP_ID_SCHEMA, ...USER_FIELDS },
  },
  HeapUserPropertiesBulk: {
    type: "object",
    required: ["app_id", "users"],
    additionalProperties: false,
    properties: {
      app_id: APP_ID_SCHEMA,
      users: {
        type: "array",
        items: { $ref: "#/components/schemas/HeapUser" },
        minItems: 1,
        maxItems: 1000,
      },
    },
  },
  HeapAccepted: {
    type: "object",
    required: ["accepted"],
    properties: { accepted: { type: "integer", description: "Number of events or users accepted." } },
  },
};
