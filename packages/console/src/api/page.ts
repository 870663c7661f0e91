import type { PageRequest } from "@heron-webhooks/sender";
import type { Call, QueryParameter } from "./operation.ts";

const DEFAULT = 25;
const MOST = 200;

/** What lists take. */
export const PAGE: readonly QueryParameter[] = [
  {
    name: "limit",
    description: "How many at the most.",
    schema: { type: "integer", minimum: 1, maximum: MOST, default: DEFAULT },
  },
  {
    name: "cursor",
    description: "The `next_cursor` of the page before.",
    schema: { type: "string", maxLength: 512 },
  },
];

export function pageOf({ limit, cursor }: Call["query"]): PageRequest {
  return {
    limit: typeof limit === "number" ? limit : DEFAULT,
    ...(typeof cursor === "string" ? { after: cursor } : {}),
  };
}
