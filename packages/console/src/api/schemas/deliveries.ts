import type { JsonSchema } from "@heron-webhooks/core";
import { nullable, pageSchema, ref, stringSchema, timestampSchema } from "./builders.ts";
import { PAUSE_REASONS } from "./webhooks.ts";

/** Schemas of deliveries and attempts. */
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
      "attempt_count",
      "response_status",
      "reason",
      "next_attempt_in_ms",
      "waiting_for",
    ],
    additionalProperties: false,
    properties: {
      heron_id: stringSchema("`dlv_…`"),
      webhook: stringSchema("`wbh_…`"),
      topic: { type: "string" },
      event: stringSchema("Event id."),
      created: timestampSchema("Publish time."),
      status: { type: "string", enum: ["pending", "delivered", "dead"] },
      attempt_count: { type: "integer" },
      response_status: {
        type: ["integer", "null"],
        description: "Last response status; 0 without a response, null before the first attempt.",
      },
      reason: nullable(stringSchema("Reason for the last failure.")),
      next_attempt_in_ms: {
        type: ["number", "null"],
        description: "Milliseconds until the next attempt; null unless pending.",
      },
      waiting_for: {
        type: ["object", "null"],
        description: "Why a pending delivery has not been sent.",
        required: ["kind"],
        properties: {
          kind: { type: "string", enum: ["retry", "pause", "slot"] },
          reason: { type: "string", enum: PAUSE_REASONS },
          scope: { type: "string", enum: ["webhook", "account"] },
          remaining_ms: { type: ["number", "null"] },
        },
      },
    },
  },
  DeliveryPage: pageSchema("deliveries", "Delivery"),
  DeliveryDetails: {
    type: "object",
    required: ["delivery", "attempts", "payload"],
    properties: {
      delivery: ref("Delivery"),
      attempts: {
        type: "array",
        items: {
          type: "object",
          required: ["number", "ended_at", "response_status", "duration_ms", "reason", "response_text"],
          properties: {
            number: { type: "integer" },
            ended_at: timestampSchema("End time."),
            response_status: { type: ["integer", "null"] },
            duration_ms: { type: "number" },
            reason: { type: ["string", "null"] },
            response_text: nullable(stringSchema("Start of the response body.")),
          },
        },
      },
      payload: stringSchema("The event as JSON, byte for byte. Sent unchanged without a template."),
    },
  },
};
