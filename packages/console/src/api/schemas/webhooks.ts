import type { JsonSchema } from "@heron-webhooks/core";
import { CONDITIONS_SCHEMA } from "./labels.ts";
import { arrayOf, nullable, pageSchema, ref, stringSchema, timestampSchema } from "./builders.ts";

/** What may be written of a webhook. */
const WEBHOOK_FIELDS = {
  topic: stringSchema("A topic or pattern, as Heron has it: one.", { maxLength: 128 }),
  topics: {
    type: "array",
    description: "Topics and patterns, instead of `topic`: an event that matches any of them is sent.",
    items: { type: "string", maxLength: 128 },
    minItems: 1,
    maxItems: 50,
  },
  when: CONDITIONS_SCHEMA,
  url: stringSchema("Where to POST to. Masked, as it was shown, it stays as it is.", { maxLength: 2048 }),
  is_enabled: { type: "boolean", description: "Whether it gets events. Default true." },
  headers: {
    type: ["object", "null"],
    description: "Sent with every request. A masked value means: keep what is there.",
    additionalProperties: { type: "string" },
    maxProperties: 50,
  },
  body: { description: "The template of the body; null for the event as it is." },
  format: { type: "string", enum: ["heron", "slack"], description: "Default: Slack's for Slack's URLs." },
  description: stringSchema("For whoever looks at it.", { maxLength: 1000 }),
  metadata: {
    type: "object",
    description: "For programs.",
    additionalProperties: { type: "string", maxLength: 500 },
    maxProperties: 50,
  },
  concurrency: { type: "integer", minimum: 1, maximum: 1000, description: "Attempts under way at once." },
  rate: {
    type: ["integer", "null"],
    minimum: 1,
    maximum: 10_000,
    description: "Attempts a second; null: any.",
  },
} as const;

/** What there is to say of webhooks. */
export const WEBHOOK_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Webhook: {
    type: "object",
    required: [
      "heron_id",
      "topic",
      "topics",
      "when",
      "url",
      "is_enabled",
      "headers",
      "body",
      "format",
      "auth",
      "description",
      "metadata",
      "concurrency",
      "rate",
      "created",
      "disabled_by",
      "failing_since",
      "account",
    ],
    additionalProperties: false,
    properties: {
      heron_id: stringSchema("`wbh_…`"),
      topic: stringSchema("The first of `topics`."),
      topics: { type: "array", items: { type: "string" }, description: "Topics and patterns." },
      when: { ...CONDITIONS_SCHEMA, description: "What must hold of an event, beside its topic: all of them." },
      url: stringSchema("Where it posts to; the path of one of Slack's is masked."),
      is_enabled: { type: "boolean" },
      headers: {
        type: ["object", "null"],
        additionalProperties: { type: "string" },
        description: "Names, and masks instead of values.",
      },
      body: { description: "The template of the body; null for the event as it is." },
      format: { type: "string", enum: ["heron", "slack"] },
      auth: { enum: ["basic", "bearer", null], description: "The scheme of its authorization header." },
      description: { type: "string" },
      metadata: { type: "object", additionalProperties: { type: "string" } },
      concurrency: { type: "integer" },
      rate: { type: ["integer", "null"] },
      created: timestampSchema("When it was made."),
      disabled_by: { enum: ["owner", "gone", "failing", null], description: "Who disabled it." },
      failing_since: nullable(timestampSchema("Since when every attempt has failed.")),
      account: { type: "string" },
    },
  },
  NewWebhook: {
    type: "object",
    description: "`url`, and `topic` or `topics`.",
    required: ["url"],
    anyOf: [{ required: ["topic"] }, { required: ["topics"] }],
    additionalProperties: false,
    properties: {
      ...WEBHOOK_FIELDS,
      secret: stringSchema("What to sign with; 24 bytes at least. Default: a new one, `sec_…`.", { maxLength: 512 }),
    },
  },
  WebhookChanges: { type: "object", additionalProperties: false, properties: { ...WEBHOOK_FIELDS } },
  WebhookAnswer: { type: "object", required: ["webhook"], properties: { webhook: ref("Webhook") } },
  MadeWebhook: {
    type: "object",
    required: ["webhook", "secret"],
    properties: { webhook: ref("Webhook"), secret: stringSchema("What it is signed with: for whoever receives.") },
  },
  Webhooks: pageSchema("webhooks", "Webhook"),
  Gate: {
    type: "object",
    required: ["gate", "scope", "closed_ms"],
    properties: {
      gate: { type: "string", description: "`disabled`, `circuit`, `retry-after`, …" },
      scope: { type: "string", enum: ["webhook", "account"] },
      closed_ms: {
        type: ["number", "null"],
        description: "For how long still; null until somebody opens it.",
      },
    },
  },
  Gates: { type: "object", required: ["gates"], properties: { gates: arrayOf("Gate") } },
  Secrets: {
    type: "object",
    required: ["secrets"],
    properties: {
      secrets: {
        type: "array",
        items: {
          type: "object",
          required: ["secret", "standard", "until"],
          properties: {
            secret: stringSchema("The shared secret, as `Heron-Signature` has it."),
            standard: stringSchema("The same, as libraries of Standard Webhooks want it: `whsec_…`."),
            until: nullable(timestampSchema("When it ends; null for the current one.")),
          },
        },
      },
    },
  },
  Rotation: {
    type: "object",
    additionalProperties: false,
    properties: {
      secret: stringSchema("The new one. Default: one that is made here.", { maxLength: 512 }),
      overlap: stringSchema('For how long the old one signs too. Default "24h"; "0s" if it has leaked.', {
        pattern: "^[0-9]{1,9}(ms|s|m|h|d)$",
      }),
    },
  },
  Rotated: { type: "object", required: ["secret"], properties: { secret: { type: "string" } } },
  Trial: {
    type: "object",
    additionalProperties: false,
    properties: { topic: stringSchema("Whose example is sent. Default: the first that the webhook gets.") },
  },
  TrialResult: {
    type: "object",
    required: ["ok", "outcome", "reason", "status", "answer", "ms", "topic", "body"],
    properties: {
      ok: { type: "boolean", description: "Whether an event would have been delivered." },
      outcome: { type: "string" },
      reason: nullable(stringSchema("Why it would not have been.")),
      status: { type: ["integer", "null"] },
      answer: nullable(stringSchema("The beginning of the answer's body.")),
      ms: { type: "number" },
      topic: { type: "string" },
      body: nullable(stringSchema("What was sent; null if it could not be made.")),
    },
  },
  PreviewRequest: {
    type: "object",
    required: ["webhook"],
    additionalProperties: false,
    properties: {
      webhook: {
        type: "object",
        required: ["url"],
        anyOf: [{ required: ["topic"] }, { required: ["topics"] }],
        additionalProperties: false,
        properties: { ...WEBHOOK_FIELDS },
      },
      id: stringSchema("The webhook that it is a change of: what is masked is as it is there.", { maxLength: 64 }),
      topic: stringSchema("The topic whose example it is sent. Default: the first that it gets.", { maxLength: 128 }),
      delivery: stringSchema("Instead of an example, the event of this delivery.", { maxLength: 64 }),
      user: stringSchema("The user that the event is about.", { maxLength: 255 }),
    },
  },
  Preview: {
    type: "object",
    required: ["topic", "event", "headers", "body"],
    properties: {
      topic: { type: "string" },
      event: stringSchema("The event, as JSON."),
      headers: {
        type: "object",
        additionalProperties: { type: "string" },
        description:
          "Values of the webhook's own are masked. With `id`, it is signed with that webhook's secret.",
      },
      body: stringSchema("What would be sent."),
    },
  },
  Since: {
    type: "object",
    required: ["since"],
    additionalProperties: false,
    properties: {
      since: stringSchema('From when on: a time (ISO 8601), or how long ago, such as "8h".', { maxLength: 40 }),
    },
  },
  Recovered: { type: "object", required: ["recovered"], properties: { recovered: { type: "integer" } } },
};
