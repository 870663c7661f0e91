import type { JsonSchema } from "@heron-webhooks/core";
import { ref, stringSchema, timestampSchema } from "./builders.ts";

const countSchema = (description: string): JsonSchema => ({ type: "integer", minimum: 0, description });
const latencySchema = (description: string): JsonSchema => ({
  type: ["number", "null"],
  description: `${description} In milliseconds, failed attempts included; null if there was none.`,
});

const SLICE_FIELDS = {
  sent: countSchema("Delivered."),
  waiting: countSchema("Pending, and not attempted yet."),
  retrying: countSchema("Pending, and attempted before."),
  failed: countSchema("Dead: nothing more will be tried."),
  p50_ms: latencySchema("Half of the last attempts took no longer."),
  p95_ms: latencySchema("95 of 100 took no longer."),
} as const;

const sliceSchema = (extraFields: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  required: [...Object.keys(extraFields), ...Object.keys(SLICE_FIELDS)],
  additionalProperties: false,
  properties: { ...extraFields, ...SLICE_FIELDS },
});

/** What deliveries came to. */
export const STATS_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  StatsSlice: sliceSchema({}),
  StatsBucket: sliceSchema({ at: timestampSchema("When it begins.") }),
  WebhookStats: sliceSchema({ webhook: stringSchema("`wbh_…`") }),
  Stats: {
    type: "object",
    required: ["since", "until", "complete", "complete_since", "bucket_ms", "total", "buckets", "webhooks"],
    additionalProperties: false,
    properties: {
      since: timestampSchema("Of events since then."),
      until: timestampSchema("When it was counted."),
      complete: { type: "boolean", description: "False if there were more than are counted." },
      complete_since: timestampSchema("From then on all are counted; `since` if it is complete."),
      bucket_ms: { type: "integer", description: "How wide a bucket is, in milliseconds." },
      total: ref("StatsSlice"),
      buckets: {
        type: "array",
        description:
          "Without a gap, the oldest first. The first begins before `since` and counts from then on; the last is not over.",
        items: ref("StatsBucket"),
      },
      webhooks: {
        type: "array",
        description: "Of each that had any, the most deliveries first.",
        items: ref("WebhookStats"),
      },
    },
  },
};
