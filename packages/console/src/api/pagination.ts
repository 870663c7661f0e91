import type { PageRequest } from "@heron-webhooks/sender";
import type { OperationContext, QueryParameter } from "./operation.ts";

const DEFAULT_PAGE_SIZE = 25;
const MAX_PAGE_SIZE = 200;

/** Query parameters of every list. */
export const PAGE_PARAMETERS: readonly QueryParameter[] = [
  {
    name: "limit",
    description: "Maximum number of items.",
    schema: { type: "integer", minimum: 1, maximum: MAX_PAGE_SIZE, default: DEFAULT_PAGE_SIZE },
  },
  {
    name: "cursor",
    description: "The `next_cursor` of the previous page.",
    schema: { type: "string", maxLength: 512 },
  },
];

export function toPageRequest({ limit, cursor }: OperationContext["query"]): PageRequest {
  return {
    limit: typeof limit === "number" ? limit : DEFAULT_PAGE_SIZE,
    ...(typeof cursor === "string" ? { cursor } : {}),
  };
}
