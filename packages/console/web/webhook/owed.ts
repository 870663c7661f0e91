import { ask, type Delivery } from "../api.ts";
import { many } from "../words.ts";

/** Counted are so many at the most. */
const MOST = 200;

/** How many deliveries of a webhook wait, in words; null for none. @throws Refused */
export async function owedTo(id: string): Promise<string | null> {
  const query = new URLSearchParams({ webhook: id, status: "pending", limit: String(MOST) });
  let cursor: string | null = null;
  let count = 0;
  do {
    if (cursor !== null) query.set("cursor", cursor);
    const page: { readonly deliveries: readonly Delivery[]; readonly next_cursor: string | null } = await ask(
      "GET",
      `/webhooks/deliveries?${query}`,
    );
    count += page.deliveries.length;
    cursor = page.next_cursor;
  } while (cursor !== null && count < MOST);
  if (count === 0) return null;
  const number = many(count, "delivery");
  return cursor === null ? number : `${number} or more`;
}
