import type { JsonSchema } from "@heron-webhooks/core";
import { arrayOf, nullable, pageSchema, ref, stringSchema, timestampSchema } from "./builders.ts";
import { CONDITIONS_SCHEMA } from "./labels.ts";

/** Writable fields of a webhook. */
const WEBHOOK_FIELDS = {
  topic: stringSchema("One topic or pattern (Heron's form).", { maxLength: 128 }),
  topics: {
    type: "array",
    description: "Topics and patterns, instead of `topic`; events that match any of them are sent.",
    items: { type: "string", maxLength: 128 },
    minItems: 1,
    maxItems: 50,
  },
  conditions: CONDITIONS_SCHEMA,
  url: stringSchema("Endpoint URL. A masked URL keeps the saved one.", { maxLength: 2048 }),
  is_enabled: { type: "boolean", description: "Whether the webhook receives events. Default true." },
  headers: {
    type: ["object", "null"],
    description: "Sent with every request. A masked value keeps the saved one.",
    additionalProperties: { type: "string" },
    maxProperties: 50,
  },
  template: { description: "Body template; null sends the event unchanged." },
  format: {
    type: "string",
    enum: ["heron", "slack"],
    description: "Default: `slack` for Slack URLs, otherwise `heron`.",
  },
  description: stringSchema("Description for people.", { maxLength: 1000 }),
  metadata: {
    type: "object",
    description: "Key-value data for programs.",
    additionalProperties: { type: "string", maxLength: 500 },
    maxProperties: 50,
  },
  concurrency: { type: "integer", minimum: 1, maximum: 1000, description: "Maximum attempts in flight." },
  rate_limit: {
    type: ["integer", "null"],
    minimum: 1,
    maximum: 10_000,
    description: "Maximum attempts per second; null for no limit.",
  },
} as const;

export const PAUSE_REASONS = ["disabled", "circuit_open", "retry_after"] as const;

/** Schemas of webhooks, their pauses, secrets, tests and previews. */
export const WEBHOOK_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Webhook: {
    type: "object",
    required: [
      "heron_id",
      "topic",
      "topics",
      "conditions",
      "url",
      "is_enabled",
      "headers",
      "template",
      "format",
      "auth",
      "description",
      "metadata",
      "concurrency",
      "rate_limit",
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
      conditions: { ...CONDITIONS_SCHEMA, description: "Conditions that must all match." },
      url: stringSchema("Endpoint URL. The path of a Slack URL is masked."),
      is_enabled: { type: "boolean" },
      headers: {
        type: ["object", "null"],
        additionalProperties: { type: "string" },
        description: "Header names with masked values.",
      },
      template: { description: "Body template; null sends the event unchanged." },
      format: { type: "string", enum: ["heron", "slack"] },
      auth: { enum: ["basic", "bearer", null], description: "Scheme of the authorization header." },
      description: { type: "string" },
      metadata: { type: "object", additionalProperties: { type: "string" } },
      concurrency: { type: "integer" },
      rate_limit: { type: ["integer", "null"] },
      created: timestampSchema("Creation time."),
      disabled_by: {
        enum: ["owner", "gone", "failing", null],
        description: "Why it is disabled: by its owner, after 410 Gone or after repeated failures.",
      },
      failing_since: nullable(timestampSchema("Time since when every attempt has failed.")),
      account: { type: "string" },
    },
  },
  CreateWebhookRequest: {
    type: "object",
    description: "Requires `url`, and `topic` or `topics`.",
    required: ["url"],
    anyOf: [{ required: ["topic"] }, { required: ["topics"] }],
    additionalProperties: false,
    properties: {
      ...WEBHOOK_FIELDS,
      secret: stringSchema("Signing secret of at least 24 bytes. Default: generated, `sec_…`.", {
        maxLength: 512,
      }),
    },
  },
  UpdateWebhookRequest: { type: "object", additionalProperties: false, properties: { ...WEBHOOK_FIELDS } },
  WebhookResponse: { type: "object", required: ["webhook"], properties: { webhook: ref("Webhook") } },
  CreatedWebhook: {
    type: "object",
    required: ["webhook", "secret"],
    properties: { webhook: ref("Webhook"), secret: stringSchema("Signing secret for the receiver.") },
  },
  WebhookPage: pageSchema("webhooks", "Webhook"),
  Pause: {
    type: "object",
    required: ["reason", "scope", "remaining_ms"],
    properties: {
      reason: { type: "string", enum: PAUSE_REASONS },
      scope: { type: "string", enum: ["webhook", "account"] },
      remaining_ms: {
        type: ["number", "null"],
        description: "Milliseconds until the pause ends; null if it must be resumed manually.",
      },
    },
  },
  PauseList: { type: "object", required: ["pauses"], properties: { pauses: arrayOf("Pause") } },
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
            secret: stringSchema("Secret for `Heron-Signature`."),
            standard: stringSchema("The same secret for Standard Webhooks libraries: `whsec_…`."),
            until: nullable(timestampSchema("Expiry; null for the current secret.")),
          },
        },
      },
    },
  },
  RotateSecretRequest: {
    type: "object",
    additionalProperties: false,
    properties: {
      secret: stringSchema("The new secret. Default: generated.", { maxLength: 512 }),
      overlap: stringSchema('How long the old secret stays valid. Default "24h"; "0s" revokes it now.', {
        pattern: "^[0-9]{1,9}(ms|s|m|h|d)$",
      }),
    },
  },
  RotatedSecret: { type: "object", required: ["secret"], properties: { secret: { type: "string" } } },
  SendTestRequest: {
    type: "object",
    additionalProperties: false,
    properties: {
      topic: stringSchema(
        "Topic whose example is sent. Default: the first catalogue topic that the webhook receives.",
      ),
    },
  },
  TestResult: {
    type: "object",
    required: ["ok", "outcome", "reason", "response_status", "response_body", "duration_ms", "topic", "body"],
    properties: {
      ok: { type: "boolean", description: "Whether the test was delivered." },
      outcome: { type: "string" },
      reason: nullable(stringSchema("Failure reason.")),
      response_status: { type: ["integer", "null"] },
      response_body: nullable(stringSchema("Start of the response body.")),
      duration_ms: { type: "number" },
      topic: { type: "string" },
      body: nullable(stringSchema("Request body; null if rendering failed.")),
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
      id: stringSchema("Existing webhook that the preview changes; masked values are taken from it.", {
        maxLength: 64,
      }),
      topic: stringSchema(
        "Topic whose example is used. Default: the first catalogue topic that the webhook receives.",
        {
          maxLength: 128,
        },
      ),
      delivery: stringSchema("Use the event of this delivery instead of an example.", { maxLength: 64 }),
      user: stringSchema("User that the event refers to.", { maxLength: 255 }),
    },
  },
  Preview: {
    type: "object",
    required: ["topic", "event", "headers", "body"],
    properties: {
      topic: { type: "string" },
      event: stringSchema("Event as JSON."),
      headers: {
        type: "object",
        additionalProperties: { type: "string" },
        description:
          "Values of custom headers are masked. With `id`, the request is signed with that webhook's secret.",
      },
      body: stringSchema("Request body."),
    },
  },
  RecoverRequest: {
    type: "object",
    required: ["since"],
    additionalProperties: false,
    properties: {
      since: stringSchema(
        'Start of the range: a time (ISO 8601) or a duration before now, for example "8h".',
        { maxLength: 40 },
      ),
    },
  },
  RecoverResult: { type: "object", required: ["recovered"], properties: { recovered: { type: "integer" } } },
};
