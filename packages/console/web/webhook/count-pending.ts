import { callApi, type Delivery } from "../api.ts";
import { pluralize } from "../format.ts";

const MAX_COUNTED = 200;

/** The number of pending deliveries of a webhook as text; null for none. @throws ApiError */
export async function countPending(id: string): Promise<string | null> {
  const query = new URLSearchParams({ webhook: id, status: "pending", limit: String(MAX_COUNTED) });
  let cursor: string | null = null;
  let count = 0;
  do {
    if (cursor !== null) query.set("cursor", cursor);
    const page: { readonly deliveries: readonly Delivery[]; readonly next_cursor: string | null } =
      await callApi("GET", `/webhooks/deliveries?${query}`);
    count += page.deliveries.length;
    cursor = page.next_cursor;
  } while (cursor !== null && count < MAX_COUNTED);
  if (count === 0) return null;
  const formattedCount = pluralize(count, "pending delivery");
  return cursor === null ? formattedCount : `${formattedCount} or more`;
}
