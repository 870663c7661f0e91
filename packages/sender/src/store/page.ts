import type { Page, PageRequest } from "./records.ts";

const DEFAULT_LIMIT = 50;
const MOST = 1000;

/** How many items a page has. */
export function limitOf({ limit = DEFAULT_LIMIT }: PageRequest): number {
  return Number.isFinite(limit) ? Math.max(1, Math.min(MOST, Math.floor(limit))) : DEFAULT_LIMIT;
}

/** A page of a list that is in memory and in order. */
export function pageOf<T extends { readonly id: string }>(all: readonly T[], page: PageRequest): Page<T> {
  const from = page.after === undefined ? 0 : all.findIndex(({ id }) => id === page.after) + 1;
  const items = all.slice(from, from + limitOf(page));
  const last = items.at(-1);
  return { items, next: last === undefined || from + items.length >= all.length ? null : last.id };
}
