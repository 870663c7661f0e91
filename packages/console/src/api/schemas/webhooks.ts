import type { JsonSchema } from "@heron-webhooks/core";
import { WHEN } from "./labels.ts";
import { list, orNull, page, ref, text, time } from "./parts.ts";

/** What may be written of a webhook. */
const WRITTEN = {
  topic: text("A topic or pattern, as Heron has it: one.", { maxLength: 128 }),
  topics: {
    type: "array",
    description: "Topics and patterns, instead of `topic`: an event that matches any of them is sent.",
    items: { type: "string", maxLength: 128 },
    minItems: 1,
    maxItems: 50,
  },
  when: WHEN,
  url: text("Where to POST to. Masked, as it was shown, it stays as it is.", { maxLength: 2048 }),
  is_enabled: { type: "boolean", description: "Whether it gets events. Default true." },
  headers: {
    type: ["object", "null"],
    description: "Sent with every request. A masked value means: keep what is there.",
    additionalProperties: { type: "string" },
    maxProperties: 50,
  },
  body: { description: "The template of the body; null for the event as it is." },
  format: { type: "string", enum: ["heron", "slack"], description: "Default: Slack's for Slack's URLs." },
  description: text("For whoever looks at it.", { maxLength: 1000 }),
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
      heron_id: text("`wbh_…`"),
      topic: text("The first of `topics`."),
      topics: { type: "array", items: { type: "string" }, description: "Topics and patterns." },
      when: { ...WHEN, description: "What must hold of an event, beside its topic: all of them." },
      url: text("Where it posts to; the path of one of Slack's is masked."),
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
      created: time("When it was made."),
      disabled_by: { enum: ["owner", "gone", "failing", null], description: "Who disabled it." },
      failing_since: orNull(time("Since when every attempt has failed.")),
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
      ...WRITTEN,
      secret: text("What to sign with; 24 bytes at least. Default: a new one, `sec_…`.", { maxLength: 512 }),
    },
  },
  WebhookChanges: { type: "object", additionalProperties: false, properties: { ...WRITTEN } },
  WebhookAnswer: { type: "object", required: ["webhook"], properties: { webhook: ref("Webhook") } },
  MadeWebhook: {
    type: "object",
    required: ["webhook", "secret"],
    properties: { webhook: ref("Webhook"), secret: text("What it is signed with: for whoever receives.") },
  },
  Webhooks: page("webhooks", "Webhook"),
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
  Gates: { type: "object", required: ["gates"], properties: { gates: list("Gate") } },
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
            secret: text("The shared secret, as `Heron-Signature` has it."),
            standard: text("The same, as libraries of Standard Webhooks want it: `whsec_…`."),
            until: orNull(time("When it ends; null for the current one.")),
          },
        },
      },
    },
  },
  Rotation: {
    type: "object",
    additionalProperties: false,
    properties: {
      secret: text("The new one. Default: one that is made here.", { maxLength: 512 }),
      overlap: text('For how long the old one signs too. Default "24h"; "0s" if it has leaked.', {
        pattern: "^[0-9]{1,9}(ms|s|m|h|d)$",
      }),
    },
  },
  Rotated: { type: "object", required: ["secret"], properties: { secret: { type: "string" } } },
  Trial: {
    type: "object",
    additionalProperties: false,
    properties: { topic: text("Whose example is sent. Default: the first that the webhook gets.") },
  },
  TrialResult: {
    type: "object",
    required: ["ok", "outcome", "reason", "status", "answer", "ms", "topic", "body"],
    properties: {
      ok: { type: "boolean", description: "Whether an event would have been delivered." },
      outcome: { type: "string" },
      reason: orNull(text("Why it would not have been.")),
      status: { type: ["integer", "null"] },
      answer: orNull(text("The beginning of the answer's body.")),
      ms: { type: "number" },
      topic: { type: "string" },
      body: orNull(text("What was sent; null if it could not be made.")),
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
        properties: { ...WRITTEN },
      },
      id: text("The webhook that it is a change of: what is masked is as it is there.", { maxLength: 64 }),
      topic: text("The topic whose example it is sent. Default: the first that it gets.", { maxLength: 128 }),
      delivery: text("Instead of an example, the event of this delivery.", { maxLength: 64 }),
      user: text("The user that the event is about.", { maxLength: 255 }),
    },
  },
  Preview: {
    type: "object",
    required: ["topic", "event", "headers", "body"],
    properties: {
      topic: { type: "string" },
      event: text("The event, as JSON."),
      headers: {
        type: "object",
        additionalProperties: { type: "string" },
        description:
          "Values of the webhook's own are masked. With `id`, it is signed with that webhook's secret.",
      },
      body: text("What would be sent."),
    },
  },
  Since: {
    type: "object",
    required: ["since"],
    additionalProperties: false,
    properties: {
      since: text('From when on: a time (ISO 8601), or how long ago, such as "8h".', { maxLength: 40 }),
    },
  },
  Recovered: { type: "object", required: ["recovered"], properties: { recovered: { type: "integer" } } },
};
