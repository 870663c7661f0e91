import type { ExpiredDelivery } from "../../store.ts";
import type { StoreFile } from "./store-file.ts";
import type { CachedWebhook } from "./webhook-cache.ts";

/** Webhooks scanned in one step, whether or not they have overdue deliveries. */
const MAX_SCANNED_WEBHOOKS = 1000;

/**
 * Expires waiting deliveries in the file that have been due for longer. Continues after the webhook at which the last
 * step ended.
 */
export function expire(
  file: StoreFile,
  olderThanMs: number,
  max: number,
  now: number,
): { readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean } {
  const expired: ExpiredDelivery[] = [];
  let position = file.expireCursor;
  for (let scanned = 0; scanned < MAX_SCANNED_WEBHOOKS && expired.length < max; scanned++) {
    const next = findNextWaiting(file, position);
    position = next ?? 0;
    if (next === null) break;
    // The deliveries of a deleted webhook are purged with it.
    if (file.webhooks.exists(next))
      expired.push(
        ...expireWebhook(file, file.webhooks.loadWebhook(next), now - olderThanMs, max - expired.length),
      );
  }
  // The last webhook may have more.
  const nextPosition = expired.length === max ? position - 1 : position;
  file.afterCommit(() => {
    file.expireCursor = nextPosition;
  });
  return { expired, isDone: position === 0 };
}

function findNextWaiting({ statements }: StoreFile, after: number): number | null {
  const row = statements.get(
    "select min(webhook) as webhook from deliveries where state = 3 and webhook > ?",
    after,
  );
  return row?.["webhook"] === null || row === undefined ? null : Number(row["webhook"]);
}

function expireWebhook(
  file: StoreFile,
  webhook: CachedWebhook,
  dueBefore: number,
  max: number,
): readonly ExpiredDelivery[] {
  const { number, account, record, loadedIds } = webhook;
  const rows = file.statements
    .all(
      `select d.id, d.attempt_count, e.topic from deliveries d join events e on e.id = d.event
       where d.webhook = ? and d.state = 3 and d.due_at <= ? order by d.due_at, d.id limit ?`,
      number,
      dueBefore,
      max + loadedIds.size,
    )
    // Deliveries in memory are expired there.
    .filter(({ id }) => !loadedIds.has(Number(id)))
    .slice(0, max);
  for (const { id } of rows)
    file.statements.run("update deliveries set state = 5, reason = 'expired' where id = ?", Number(id));
  if (rows.length > 0) file.replaceStored(webhook, getNextStoredDueAt(file, webhook));
  file.afterCommit(() => {
    account.pendingCount -= rows.length;
  });
  return rows.map(({ id, attempt_count: attemptCount, topic }) => ({
    delivery: file.formatDeliveryId(Number(id)),
    webhook: record.id,
    account: record.account,
    topic: String(topic),
    attemptCount: Number(attemptCount),
  }));
}

/** When the first delivery that is only in the file is due; null if there is none. */
function getNextStoredDueAt({ statements }: StoreFile, { number, loadedIds }: CachedWebhook): number | null {
  const rows = statements.all(
    "select id, due_at from deliveries where webhook = ? and state = 3 order by due_at, id limit ?",
    number,
    loadedIds.size + 1,
  );
  const next = rows.find(({ id }) => !loadedIds.has(Number(id)));
  return next === undefined ? null : Number(next["due_at"]);
}
