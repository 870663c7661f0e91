import type { JsonSchema } from "@heron-webhooks/core";
import { DELIVERY_SCHEMAS } from "./schemas/deliveries.ts";
import { LABEL_SCHEMAS } from "./schemas/labels.ts";
import { COMMON_SCHEMAS } from "./schemas/common.ts";
import { STATS_SCHEMAS } from "./schemas/stats.ts";
import { WEBHOOK_SCHEMAS } from "./schemas/webhooks.ts";

export { ref } from "./schemas/builders.ts";

/** The schemas of the document, by name. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ...WEBHOOK_SCHEMAS,
  ...DELIVERY_SCHEMAS,
  ...STATS_SCHEMAS,
  ...LABEL_SCHEMAS,
  ...COMMON_SCHEMAS,
};
