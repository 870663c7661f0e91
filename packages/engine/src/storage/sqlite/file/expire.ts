import type { ExpiredDelivery } from "../../store.ts";
import type { Webhook } from "./met.ts";
import type { StoreFile } from "./store-file.ts";

/** How many webhooks are looked at in one step, whether or not anything of theirs is overdue. */
const LOOKED_AT = 1000;

/**
 * Has deliveries die that wait in the file and have been due for longer. Nothing is attempted before it is due: so they
 * are older than that, too. Goes on from the webhook that it came to the last time.
 */
export function expire(
  file: StoreFile,
  olderThanMs: number,
  max: number,
  now: number,
): { readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean } {
  const expired: ExpiredDelivery[] = [];
  let at = file.expiredTo;
  for (let looked = 0; looked < LOOKED_AT && expired.length < max; looked++) {
    const next = nextWithWaiting(file, at);
    at = next ?? 0;
    if (next === null) break;
    // What one that was removed left behind goes with it.
    if (file.met.isThere(next))
      expired.push(...expireOf(file, file.met.webhook(next), now - olderThanMs, max - expired.length));
  }
  // Of the last one there may be more.
  const from = expired.length === max ? at - 1 : at;
  file.afterwards(() => {
    file.expiredTo = from;
  });
  return { expired, isDone: at === 0 };
}

function nextWithWaiting({ tables }: StoreFile, after: number): number | null {
  const row = tables.get(
    "select min(webhook) as webhook from deliveries where state = 3 and webhook > ?",
    after,
  );
  return row?.["webhook"] === null || row === undefined ? null : Number(row["webhook"]);
}

function expireOf(
  file: StoreFile,
  webhook: Webhook,
  before: number,
  max: number,
): readonly ExpiredDelivery[] {
  const { number, account, record, loaded } = webhook;
  const rows = file.tables
    .all(
      `select d.id, d.attempts, e.topic from deliveries d join events e on e.id = d.event
       where d.webhook = ? and d.state = 3 and d.due <= ? order by d.due, d.id limit ?`,
      number,
      before,
      max + loaded.size,
    )
    // Whoever has it in memory says what becomes of it.
    .filter(({ id }) => !loaded.has(Number(id)))
    .slice(0, max);
  for (const { id } of rows)
    file.tables.run("update deliveries set state = 5, reason = 'expired' where id = ?", Number(id));
  if (rows.length > 0) file.waits(webhook, nextOf(file, webhook));
  file.afterwards(() => {
    account.pending -= rows.length;
  });
  return rows.map(({ id, attempts, topic }) => ({
    delivery: file.deliveryId(Number(id)),
    webhook: record.id,
    account: record.account,
    topic: String(topic),
    attempts: Number(attempts),
  }));
}

/** When the first is due that waits in the file alone; null if none does. */
function nextOf({ tables }: StoreFile, { number, loaded }: Webhook): number | null {
  const rows = tables.all(
    "select id, due from deliveries where webhook = ? and state = 3 order by due, id limit ?",
    number,
    loaded.size + 1,
  );
  const next = rows.find(({ id }) => !loaded.has(Number(id)));
  return next === undefined ? null : Number(next["due"]);
}
