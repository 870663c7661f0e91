import { ask, session } from "../api.ts";
import { onBeginning, onDelivery, onReturn } from "../live.ts";
import { type DeliveryPage, DeliveryRows } from "./delivery-rows.ts";
import { type DeliveryFilter, fits, queryOf } from "./filter.ts";

/** So many lists are kept for who comes back. */
const MOST_KEPT = 6;
/** The most that the API gives at once; and so few that to look what is new costs next to nothing. */
const PAGE = 200;
const FEW = 25;

const kept = new Map<string, DeliveryRows>();

/** The list with this filter: as one left it, if one was there. */
export function rowsOf(filter: DeliveryFilter): DeliveryRows {
  const query = queryOf(filter);
  const name = `${session.value?.account} ${query}`;
  const rows =
    kept.get(name) ??
    new DeliveryRows({
      load(cursor, most = PAGE) {
        const asked = new URLSearchParams(query);
        asked.set("limit", String(most));
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
onBeginning(() => {
  for (const rows of kept.values()) rows.catchUp(FEW).catch(() => undefined);
});
onReturn(() => {
  for (const rows of kept.values()) rows.catchUp().catch(() => undefined);
});
