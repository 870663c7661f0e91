import type { DeliveryFilter, DeliveryRecord, DeliveryStore } from "@heron-webhooks/engine";
import { yieldToEventLoop } from "@heron-webhooks/engine";

/** Deliveries read at a time; the store serves other calls in between. */
const PAGE_SIZE = 500;
const MAX_DELIVERIES = 20_000;
/** Pages read; an empty page may have taken as long as a full one. */
const MAX_PAGES = 60;
/**
 * The scan ends after this many pages of older events. A recovery creates new deliveries of old events, behind which
 * newer events may follow.
 */
const MAX_OLD_PAGES = 10;

export interface ScanResult {
  /** Deliveries of events since `since`, newest first. */
  readonly deliveries: readonly DeliveryRecord[];
  /** Deliveries of events since this time are complete; equals `since` unless there were too many. */
  readonly completeSince: number;
}

/** Reads the newest deliveries page by page until they are too old or too many. */
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
  // More may have the same publish time.
  return { deliveries, completeSince: Math.max(since, newestAt + 1) };
}

/** The next delivery of any filter: an empty page does not show how far the scan has come. */
async function peekNext(store: DeliveryStore, cursor: string): Promise<readonly DeliveryRecord[]> {
  return (await store.list({}, { cursor, limit: 1 })).data;
}

function getNewestPublishedAt(items: readonly DeliveryRecord[]): number | null {
  return items.length === 0 ? null : Math.max(...items.map(({ event }) => event.publishedAt));
}
