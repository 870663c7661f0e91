import type { JsonSchema } from "@heron-webhooks/core";
import { ref, text, time } from "./parts.ts";

const count = (description: string): JsonSchema => ({ type: "integer", minimum: 0, description });
const latency = (description: string): JsonSchema => ({
  type: ["number", "null"],
  description: `${description} In milliseconds, failed attempts included; null if there was none.`,
});

const SLICE = {
  sent: count("Delivered."),
  waiting: count("Pending, and not attempted yet."),
  retrying: count("Pending, and attempted before."),
  failed: count("Dead: nothing more will be tried."),
  p50_ms: latency("Half of the last attempts took no longer."),
  p95_ms: latency("95 of 100 took no longer."),
} as const;

const slice = (more: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: "object",
  required: [...Object.keys(more), ...Object.keys(SLICE)],
  additionalProperties: false,
  properties: { ...more, ...SLICE },
});

/** What deliveries came to. */
export const STATS_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  StatsSlice: slice({}),
  StatsBucket: slice({ at: time("When it begins.") }),
  WebhookStats: slice({ webhook: text("`wbh_…`") }),
  Stats: {
    type: "object",
    required: ["since", "until", "complete", "complete_since", "bucket_ms", "total", "buckets", "webhooks"],
    additionalProperties: false,
    properties: {
      since: time("Of events since then."),
      until: time("When it was counted."),
      complete: { type: "boolean", description: "False if there were more than are counted." },
      complete_since: time("From then on all are counted; `since` if it is complete."),
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
