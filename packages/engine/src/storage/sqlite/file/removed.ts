import { recordOf, webhookNumber } from "./met.ts";
import type { StoreFile } from "./store-file.ts";

/**
 * Removes a webhook. Nobody finds its deliveries any more; the pending ones go in steps, since there may be a million, and
 * what is settled stays until it is pruned: to look for it would take as long as the log is.
 */
export function removeWebhook(file: StoreFile, id: string): boolean {
  const { tables } = file;
  const number = webhookNumber(tables, id);
  if (number === null) return false;
  const account = file.met.account(recordOf(tables, number).account);
  // What was born hot is in no index, and must be found later.
  tables.run(
    "update deliveries set state = 3 where id >= ? and webhook = ? and state = 2",
    file.born.mark,
    number,
  );
  const pending = tables.get(
    "select count(*) as pending from deliveries where webhook = ? and state = 3",
    number,
  );
  tables.run("insert into removed(webhook) values (?)", number);
  tables.run("delete from subscriptions where account = ? and webhook = ?", account.number, number);
  tables.run("delete from gates where scope = 'webhook' and id = ?", id);
  tables.run("delete from webhooks where id = ?", number);
  file.matching.forget();
  file.met.forget(number);
  file.afterwards(() => {
    account.pending -= Number(pending?.["pending"]);
    for (const delivery of file.born.of(number)) file.born.remove(delivery);
  });
  return true;
}

/** Takes away up to `max` deliveries that were owed to webhooks which were removed. Says whether that was all. */
export function removeLeftBehind(file: StoreFile, max: number): boolean {
  const { tables } = file;
  let left = max;
  const removed = tables.all("select webhook from removed limit ?", max);
  for (const { webhook } of removed) {
    const deliveries = tables.all(
      "select id from deliveries where webhook = ? and state = 3 limit ?",
      Number(webhook),
      left,
    );
    for (const { id } of deliveries) {
      tables.run("delete from revived where delivery = ?", Number(id));
      tables.run("delete from attempts where delivery = ?", Number(id));
      tables.run("delete from deliveries where id = ?", Number(id));
    }
    left -= deliveries.length;
    if (left === 0) break;
    tables.run("delete from removed where webhook = ?", Number(webhook));
  }
  if (left < max) file.keepNumbers();
  // Behind as many as were looked at there may be more.
  return left > 0 && removed.length < max;
}
