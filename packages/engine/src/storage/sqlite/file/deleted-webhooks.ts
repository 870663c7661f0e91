import type { StoreFile } from "./store-file.ts";
import { findWebhookNumber, getWebhookRecord } from "./webhook-cache.ts";

/**
 * Deletes a webhook and hides its deliveries. Its pending deliveries, up to a million, are purged in steps. The others
 * stay until they are pruned, because finding them would take a scan of the whole log.
 */
export function deleteWebhook(file: StoreFile, id: string): boolean {
  const { statements } = file;
  const number = findWebhookNumber(statements, id);
  if (number === null) return false;
  const account = file.webhooks.loadAccount(getWebhookRecord(statements, number).account);
  // Buffered deliveries are in no index, so the purge would not find them.
  statements.run(
    "update deliveries set state = 3 where id >= ? and webhook = ? and state = 2",
    file.buffered.watermark,
    number,
  );
  const pending = statements.get(
    "select count(*) as pending from deliveries where webhook = ? and state = 3",
    number,
  );
  statements.run("insert into deleted_webhooks(webhook) values (?)", number);
  statements.run("delete from subscriptions where account = ? and webhook = ?", account.number, number);
  statements.run("delete from pauses where scope = 'webhook' and target = ?", id);
  statements.run("delete from webhooks where id = ?", number);
  file.subscriptions.clear();
  file.webhooks.evict(number);
  file.afterCommit(() => {
    account.pendingCount -= Number(pending?.["pending"]);
    for (const delivery of file.buffered.listByWebhook(number)) file.buffered.remove(delivery);
  });
  return true;
}

/** Deletes up to `max` pending deliveries of deleted webhooks. Returns whether none is left. */
export function purgeDeletedWebhooks(file: StoreFile, max: number): boolean {
  const { statements } = file;
  let remaining = max;
  const deletedWebhooks = statements.all("select webhook from deleted_webhooks limit ?", max);
  for (const { webhook } of deletedWebhooks) {
    const deliveries = statements.all(
      "select id from deliveries where webhook = ? and state = 3 limit ?",
      Number(webhook),
      remaining,
    );
    for (const { id } of deliveries) {
      statements.run("delete from requeued where delivery = ?", Number(id));
      statements.run("delete from attempts where delivery = ?", Number(id));
      statements.run("delete from deliveries where id = ?", Number(id));
    }
    remaining -= deliveries.length;
    if (remaining === 0) break;
    statements.run("delete from deleted_webhooks where webhook = ?", Number(webhook));
  }
  if (remaining < max) file.saveLastIds();
  // There may be more webhooks than were read.
  return remaining > 0 && deletedWebhooks.length < max;
}
