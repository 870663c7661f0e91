import { HeronError } from "@heron-webhooks/core";
import { assertKnownKeys, assertOptionalString } from "../validate-options.ts";
import type { PageRequest } from "./records.ts";

const DEFAULT_PAGE_LIMIT = 50;
const MAX_PAGE_LIMIT = 1000;

/** The number of items of a page. */
export function getPageLimit({ limit = DEFAULT_PAGE_LIMIT }: PageRequest): number {
  return Number.isFinite(limit)
    ? Math.max(1, Math.min(MAX_PAGE_LIMIT, Math.floor(limit)))
    : DEFAULT_PAGE_LIMIT;
}

/** @throws HeronError `option_invalid` */
export function assertPageRequest(caller: string, page: PageRequest): void {
  assertKnownKeys(caller, page, { cursor: true, limit: true });
  assertOptionalString("cursor", page.cursor);
  if (page.limit !== undefined && typeof page.limit !== "number")
    throw new HeronError("option_invalid", "limit must be a number.");
}
