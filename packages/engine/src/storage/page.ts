import { HeronError } from "@heron-webhooks/core";
import { checkNames, checkText } from "../names.ts";
import type { PageRequest } from "./records.ts";

const DEFAULT_LIMIT = 50;
const MOST = 1000;

/** How many items a page has. */
export function limitOf({ limit = DEFAULT_LIMIT }: PageRequest): number {
  return Number.isFinite(limit) ? Math.max(1, Math.min(MOST, Math.floor(limit))) : DEFAULT_LIMIT;
}

/** @throws HeronError `option_invalid` */
export function checkPage(what: string, page: PageRequest): void {
  checkNames(what, page, { after: true, limit: true });
  checkText("after", page.after);
  if (page.limit !== undefined && typeof page.limit !== "number")
    throw new HeronError("option_invalid", "limit must be a number.");
}
