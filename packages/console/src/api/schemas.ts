import type { JsonSchema } from "@heron-webhooks/core";
import { DELIVERY_SCHEMAS } from "./schemas/deliveries.ts";
import { LABEL_SCHEMAS } from "./schemas/labels.ts";
import { OTHER_SCHEMAS } from "./schemas/others.ts";
import { STATS_SCHEMAS } from "./schemas/stats.ts";
import { WEBHOOK_SCHEMAS } from "./schemas/webhooks.ts";

export { ref } from "./schemas/parts.ts";

/** The schemas of the document, by name. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  ...WEBHOOK_SCHEMAS,
  ...DELIVERY_SCHEMAS,
  ...STATS_SCHEMAS,
  ...LABEL_SCHEMAS,
  ...OTHER_SCHEMAS,
};
