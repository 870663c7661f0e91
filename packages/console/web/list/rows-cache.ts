import { callApi, session } from "../api.ts";
import { onConnect, onDelivery, onReconnect } from "../live.ts";
import { type DeliveryFilter, matchesFilter, toQuery } from "./delivery-filter.ts";
import { type DeliveriesResponse, DeliveryRows } from "./delivery-rows.ts";

const MAX_CACHED_LISTS = 6;
/** The API's maximum, and a small page that is cheap to check for new deliveries. */
const PAGE_SIZE = 200;
const CATCH_UP_PAGE_SIZE = 25;

const rowsByFilter = new Map<string, DeliveryRows>();

/** Returns the cached rows of a filter, or new ones. */
export function getRows(filter: DeliveryFilter): DeliveryRows {
  const query = toQuery(filter);
  const cacheKey = `${session.value?.account} ${query}`;
  const rows =
    rowsByFilter.get(cacheKey) ??
    new DeliveryRows({
      load(cursor, limit = PAGE_SIZE) {
        const pageQuery = new URLSearchParams(query);
        pageQuery.set("limit", String(limit));
        if (cursor !== null) pageQuery.set("cursor", cursor);
        return callApi<DeliveriesResponse>("GET", `/webhooks/deliveries?${pageQuery}`);
      },
      matches: (delivery) => matchesFilter(filter, delivery),
    });
  rowsByFilter.delete(cacheKey);
  rowsByFilter.set(cacheKey, rows);
  if (rowsByFilter.size > MAX_CACHED_LISTS) rowsByFilter.delete(rowsByFilter.keys().next().value ?? "");
  return rows;
}

export function clearRowsCache(): void {
  rowsByFilter.clear();
}

onDelivery((delivery) => {
  for (const rows of rowsByFilter.values()) rows.update(delivery);
});
onConnect(() => {
  for (const rows of rowsByFilter.values()) rows.catchUp(CATCH_UP_PAGE_SIZE).catch(() => undefined);
});
onReconnect(() => {
  for (const rows of rowsByFilter.values()) rows.catchUp().catch(() => undefined);
});
