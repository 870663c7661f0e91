import type { PageRequest } from "./records.ts";

const DEFAULT_LIMIT = 50;
const MOST = 1000;

/** How many items a page has. */
export function limitOf({ limit = DEFAULT_LIMIT }: PageRequest): number {
  return Number.isFinite(limit) ? Math.max(1, Math.min(MOST, Math.floor(limit))) : DEFAULT_LIMIT;
}
