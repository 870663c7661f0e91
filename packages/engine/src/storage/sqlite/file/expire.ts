import type { ExpiredDelivery } from "../../store.ts";
import type { CachedWebhook } from "./webhook-cache.ts";
import type { StoreFile } from "./store-file.ts";

/** How many webhooks are looked at in one step, whether or not anything of theirs is overdue. */
const MAX_SCANNED_WEBHOOKS = 1000;

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
  let position = file.expireCursor;
  for (let scanned = 0; scanned < MAX_SCANNED_WEBHOOKS && expired.length < max; scanned++) {
    const next = findNextWaiting(file, position);
    position = next ?? 0;
    if (next === null) break;
    // What one that was removed left behind goes with it.
    if (file.webhooks.exists(next))
      expired.push(...expireWebhook(file, file.webhooks.loadWebhook(next), now - olderThanMs, max - expired.length));
  }
  // Of the last one there may be more.
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
    // Whoever has it in memory says what becomes of it.
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

/** When the first is due that waits in the file alone; null if none does. */
function getNextStoredDueAt({ statements }: StoreFile, { number, loadedIds }: CachedWebhook): number | null {
  const rows = statements.all(
    "select id, due_at from deliveries where webhook = ? and state = 3 order by due_at, id limit ?",
    number,
    loadedIds.size + 1,
  );
  const next = rows.find(({ id }) => !loadedIds.has(Number(id)));
  return next === undefined ? null : Number(next["due_at"]);
}
