import type { DeliveryFilter, DeliveryRecord, DeliveryStore } from "@heron-webhooks/engine";
import { yieldToEventLoop } from "@heron-webhooks/engine";

/** So many deliveries are read at a time: a store does other things in between. */
const PAGE_SIZE = 500;
/** So many are counted. */
const MAX_DELIVERIES = 20_000;
/** And so many pages are read, of which one may be empty although it took as long as another. */
const MAX_PAGES = 60;
/** The walk ends after so many pages of nothing new enough: recovering makes new deliveries of old events, behind which newer ones may lie. */
const MAX_OLD_PAGES = 10;

/** What a walk found. */
export interface ScanResult {
  /** Of events since then, the newest deliveries first. */
  readonly deliveries: readonly DeliveryRecord[];
  /** All of events from then on were found: `since`, unless there were too many. */
  readonly completeSince: number;
}

/** Reads the newest deliveries, page by page, until they are too old or too many. */
export async function scanDeliveries(
  store: DeliveryStore,
  filter: DeliveryFilter,
  since: number,
): Promise<ScanResult> {
  const deliveries: DeliveryRecord[] = [];
  let cursor: string | undefined;
  let readCount = 0;
  let oldPages = 0;
  let newestAt = Number.POSITIVE_INFINITY;
  for (let pageCount = 0; pageCount < MAX_PAGES && readCount < MAX_DELIVERIES; pageCount++) {
    const { data, nextCursor } = await store.list(filter, {
      cursor,
      limit: Math.min(PAGE_SIZE, MAX_DELIVERIES - readCount),
    });
    readCount += data.length;
    deliveries.push(...data.filter(({ event }) => event.publishedAt >= since));
    if (nextCursor === null) return { deliveries, completeSince: since };
    newestAt = getNewestPublishedAt(data.length > 0 ? data : await peekNext(store, nextCursor)) ?? newestAt;
    oldPages = newestAt < since ? oldPages + 1 : 0;
    if (oldPages === MAX_OLD_PAGES) return { deliveries, completeSince: since };
    cursor = nextCursor;
    await yieldToEventLoop();
  }
  // Of the same moment there may be more.
  return { deliveries, completeSince: Math.max(since, newestAt + 1) };
}

/** Whatever lies next: an empty page says of nothing how old it is. */
async function peekNext(store: DeliveryStore, cursor: string): Promise<readonly DeliveryRecord[]> {
  return (await store.list({}, { cursor, limit: 1 })).data;
}

function getNewestPublishedAt(items: readonly DeliveryRecord[]): number | null {
  return items.length === 0 ? null : Math.max(...items.map(({ event }) => event.publishedAt));
}
