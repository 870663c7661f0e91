import type { JsonSchema } from "@heron-webhooks/core";
import { nullable, pageSchema, ref, stringSchema, timestampSchema } from "./builders.ts";

/** What there is to say of deliveries. */
export const DELIVERY_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Delivery: {
    type: "object",
    required: [
      "heron_id",
      "webhook",
      "topic",
      "event",
      "created",
      "status",
      "attempts",
      "http_status",
      "reason",
      "due_ms",
      "waits_for",
    ],
    additionalProperties: false,
    properties: {
      heron_id: stringSchema("`dlv_…`"),
      webhook: stringSchema("`wbh_…`"),
      topic: { type: "string" },
      event: stringSchema("Its event's id."),
      created: timestampSchema("When its event was published."),
      status: { type: "string", enum: ["pending", "sent", "failed"] },
      attempts: { type: "integer" },
      http_status: {
        type: ["integer", "null"],
        description: "Of the last attempt; 0 if there was no answer, null if there was no attempt.",
      },
      reason: nullable(stringSchema("Why it is dead, or why the last attempt failed.")),
      due_ms: { type: ["number", "null"], description: "In how many milliseconds it is due." },
      waits_for: {
        type: ["object", "null"],
        description: "What a pending one waits for.",
        required: ["for"],
        properties: {
          for: { type: "string", enum: ["retry", "gate", "turn"] },
          ms: { type: ["number", "null"] },
          gate: { type: "string" },
          scope: { type: "string" },
        },
      },
    },
  },
  Deliveries: pageSchema("deliveries", "Delivery"),
  DeliveryLog: {
    type: "object",
    required: ["delivery", "attempts", "payload"],
    properties: {
      delivery: ref("Delivery"),
      attempts: {
        type: "array",
        items: {
          type: "object",
          required: ["number", "at", "http_status", "ms", "reason", "response_text"],
          properties: {
            number: { type: "integer" },
            at: timestampSchema("When it ended."),
            http_status: { type: ["integer", "null"] },
            ms: { type: "number" },
            reason: { type: ["string", "null"] },
            response_text: nullable(stringSchema("The beginning of the answer's body.")),
          },
        },
      },
      payload: stringSchema("The event, byte for byte as JSON: what a webhook without a template is sent."),
    },
  },
};
