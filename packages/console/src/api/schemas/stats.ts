import type { JsonSchema } from "@heron-webhooks/core";
import { ref, stringSchema, timestampSchema } from "./builders.ts";

const countSchema = (description: string): JsonSchema => ({ type: "integer", minimum: 0, description });
const latencySchema = (description: string): JsonSchema => ({
  type: ["number", "null"],
  description: `${description} In milliseconds, including failed attempts; null without attempts.`,
});

const SLICE_FIELDS = {
  delivered: countSchema("Delivered."),
  waiting: countSchema("Pending, not attempted yet."),
  retrying: countSchema("Pending after a failed attempt."),
  dead: countSchema("Dead."),
  p50_ms: latencySchema("Median latency."),
  p95_ms: latencySchema("95th percentile latency."),
} as const;

const sliceSchema = (extraFields: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  required: [...Object.keys(extraFields), ...Object.keys(SLICE_FIELDS)],
  additionalProperties: false,
  properties: { ...extraFields, ...SLICE_FIELDS },
});

/** Schemas of delivery statistics. */
export const STATS_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  StatsSlice: sliceSchema({}),
  StatsBucket: sliceSchema({ at: timestampSchema("Start of the bucket.") }),
  WebhookStats: sliceSchema({ webhook: stringSchema("`wbh_…`") }),
  Stats: {
    type: "object",
    required: [
      "since",
      "until",
      "is_complete",
      "complete_since",
      "bucket_ms",
      "total",
      "buckets",
      "webhooks",
    ],
    additionalProperties: false,
    properties: {
      since: timestampSchema("Start of the time range."),
      until: timestampSchema("End of the time range."),
      is_complete: {
        type: "boolean",
        description: "False if the range has more deliveries than are counted.",
      },
      complete_since: timestampSchema("All deliveries since then are counted; equal to `since` if complete."),
      bucket_ms: { type: "integer", description: "Bucket width in milliseconds." },
      total: ref("StatsSlice"),
      buckets: {
        type: "array",
        description:
          "Contiguous, oldest first. The first bucket can start before `since`; the last one is still open.",
        items: ref("StatsBucket"),
      },
      webhooks: {
        type: "array",
        description: "By number of deliveries, descending.",
        items: ref("WebhookStats"),
      },
    },
  },
};
