import type { JsonSchema } from "@heron-webhooks/core";
import { COMMON_SCHEMAS } from "./schemas/common.ts";
import { DELIVERY_SCHEMAS } from "./schemas/deliveries.ts";
import { LABEL_SCHEMAS } from "./schemas/labels.ts";
import { STATS_SCHEMAS } from "./schemas/stats.ts";
import { WEBHOOK_SCHEMAS } from "./schemas/webhooks.ts";

export { ref } from "./schemas/builders.ts";

/** All schemas of the OpenAPI document, by name. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ...WEBHOOK_SCHEMAS,
  ...DELIVERY_SCHEMAS,
  ...STATS_SCHEMAS,
  ...LABEL_SCHEMAS,
  ...COMMON_SCHEMAS,
};
