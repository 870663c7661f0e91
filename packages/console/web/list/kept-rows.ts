import { ask, session } from "../api.ts";
import { onDelivery, onReturn } from "../live.ts";
import { type DeliveryPage, DeliveryRows } from "./delivery-rows.ts";
import { type DeliveryFilter, fits, queryOf } from "./filter.ts";

/** So many lists are kept for who comes back. */
const MOST_KEPT = 6;
/** The most that the API gives at once. */
const PAGE = "200";

const kept = new Map<string, DeliveryRows>();

/** The list with this filter: as one left it, if one was there. */
export function rowsOf(filter: DeliveryFilter): DeliveryRows {
  const query = queryOf(filter);
  const name = `${session.value?.account} ${query}`;
  const rows =
    kept.get(name) ??
    new DeliveryRows({
      load(cursor) {
        const asked = new URLSearchParams(query);
        asked.set("limit", PAGE);
        if (cursor !== null) asked.set("cursor", cursor);
        return ask<DeliveryPage>("GET", `/webhooks/deliveries?${asked}`);
      },
      fits: (delivery) => fits(filter, delivery),
    });
  kept.delete(name);
  kept.set(name, rows);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
  return rows;
}

/** Nothing is as it was in any list. */
export function forgetRows(): void {
  kept.clear();
}

onDelivery((delivery) => {
  for (const rows of kept.values()) rows.take(delivery);
});
onReturn(() => {
  for (const rows of kept.values()) rows.catchUp().catch(() => undefined);
});
