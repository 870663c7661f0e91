import { callApi, session } from "../api.ts";
import { onConnect, onDelivery, onReconnect } from "../live.ts";
import { type DeliveriesResponse, DeliveryRows } from "./delivery-rows.ts";
import { type DeliveryFilter, matchesFilter, toQuery } from "./delivery-filter.ts";

/** So many lists are kept for who comes back. */
const MAX_CACHED_LISTS = 6;
/** The most that the API gives at once; and so few that to look what is new costs next to nothing. */
const PAGE_SIZE = 200;
const CATCH_UP_PAGE_SIZE = 25;

const rowsByFilter = new Map<string, DeliveryRows>();

/** The list with this filter: as one left it, if one was there. */
export function getRows(filter: DeliveryFilter): DeliveryRows {
  const query = toQuery(filter);
  const cacheKey = `${session.value?.account} ${query}`;
  const rows =
    rowsByFilter.get(cacheKey) ??
    new DeliveryRows({
      load(cursor, most = PAGE_SIZE) {
        const pageQuery = new URLSearchParams(query);
        pageQuery.set("limit", String(most));
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

/** Nothing is as it was in any list. */
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
