import type { DeliveryFilter, DeliveryRecord, DeliveryStore } from "@heron-webhooks/engine";
import { nextTurn } from "@heron-webhooks/engine";

/** So many deliveries are read at a time: a store does other things in between. */
const PAGE = 500;
/** So many are counted. */
const MOST = 20_000;
/** And so many pages are read, of which one may be empty although it took as long as another. */
const MOST_PAGES = 60;
/** The walk ends after so many pages of nothing new enough: recovering makes new deliveries of old events, behind which newer ones may lie. */
const OLD_PAGES = 10;

/** What a walk found. */
export interface Walked {
  /** Of events since then, the newest deliveries first. */
  readonly seen: readonly DeliveryRecord[];
  /** All of events from then on were found: `since`, unless there were too many. */
  readonly completeSince: number;
}

/** Reads the newest deliveries, page by page, until they are too old or too many. */
export async function walk(store: DeliveryStore, filter: DeliveryFilter, since: number): Promise<Walked> {
  const seen: DeliveryRecord[] = [];
  let after: string | undefined;
  let read = 0;
  let old = 0;
  let newest = Number.POSITIVE_INFINITY;
  for (let pages = 0; pages < MOST_PAGES && read < MOST; pages++) {
    const { items, next } = await store.list(filter, { after, limit: Math.min(PAGE, MOST - read) });
    read += items.length;
    seen.push(...items.filter(({ event }) => event.published >= since));
    if (next === null) return { seen, completeSince: since };
    newest = newestOf(items.length > 0 ? items : await beyond(store, next)) ?? newest;
    old = newest < since ? old + 1 : 0;
    if (old === OLD_PAGES) return { seen, completeSince: since };
    after = next;
    await nextTurn();
  }
  // Of the same moment there may be more.
  return { seen, completeSince: Math.max(since, newest + 1) };
}

/** Whatever lies next: an empty page says of nothing how old it is. */
async function beyond(store: DeliveryStore, after: string): Promise<readonly DeliveryRecord[]> {
  return (await store.list({}, { after, limit: 1 })).items;
}

function newestOf(items: readonly DeliveryRecord[]): number | null {
  return items.length === 0 ? null : Math.max(...items.map(({ event }) => event.published));
}
