import { isSubscribed } from "../topics/subscribed.ts";
import type { StoreFile } from "./file.ts";
import { firstEventSince } from "./log-ids.ts";
import { type Webhook, webhookNumber } from "./met.ts";
import { addDelivery } from "./publish.ts";

export function retryDelivery(file: StoreFile, id: string, now: number): boolean {
  const number = file.deliveryNumber(id);
  const row =
    number === null
      ? undefined
      : file.tables.get(
          "select d.webhook, d.state, d.attempts from deliveries d join webhooks w on w.id = d.webhook where d.id = ?",
          number,
        );
  if (row === undefined || number === null || Number(row["state"]) < 4) return false;
  revive(file, number, file.met.webhook(Number(row["webhook"])), Number(row["attempts"]), now);
  return true;
}

/** Makes a settled delivery pending, as if it were new. */
function revive(file: StoreFile, number: number, webhook: Webhook, attempts: number, now: number): void {
  // The only attempt of a delivery that succeeded at once is in its own row, which is about to change.
  file.tables.run(
    "insert or ignore into attempts(delivery, n, at, status, ms) select id, 1, due, status, ms from deliveries where id = ? and state = 4 and attempts = 1",
    number,
  );
  file.tables.run(
    "update deliveries set state = 3, due = ?, reason = (select reason from attempts where delivery = deliveries.id order by n desc limit 1) where id = ?",
    now,
    number,
  );
  file.tables.run(
    "insert or replace into revived(delivery, at, attempts) values (?, ?, ?)",
    number,
    now,
    attempts,
  );
  file.stored(webhook, now);
  file.afterwards(() => {
    webhook.account.pending += 1;
  });
}

/** Revives what is dead, and puts down what was missed. */
export function recover(
  file: StoreFile,
  id: string,
  sinceMs: number,
  most: number,
  now: number,
  maxPending: number,
): number {
  const number = webhookNumber(file.tables, id);
  if (number === null) return 0;
  const webhook = file.met.webhook(number);
  // No more than the account may have pending; the rest can be recovered when these have gone.
  const max = Math.max(0, Math.min(most, maxPending - webhook.account.pending));
  const first = firstEventSince(file.tables, now - sinceMs);
  const revived = reviveDead(file, webhook, first, max, now);
  return revived + addMissed(file, webhook, first, max - revived, now);
}

function reviveDead(file: StoreFile, webhook: Webhook, first: number, max: number, now: number): number {
  const dead = file.tables.all(
    "select id, attempts from deliveries where webhook = ? and state = 5 and event >= ? order by id limit ?",
    webhook.number,
    first,
    max,
  );
  for (const { id, attempts } of dead) revive(file, Number(id), webhook, Number(attempts), now);
  return dead.length;
}

/** Events that it should have had: none of their deliveries is its, born with them or put down later. */
function addMissed(file: StoreFile, webhook: Webhook, first: number, max: number, now: number): number {
  const { number, account, record } = webhook;
  const events = file.tables.all(
    `select e.id, e.topic from events e where e.id >= ? and e.account = ? and e.named = 0
       and not exists (select 1 from deliveries d where d.id >= e.first and d.id < e.first + e.count and d.webhook = ?)
       and not exists (select 1 from missed m where m.event = e.id and m.webhook = ?) order by e.id`,
    first,
    account.number,
    number,
    number,
  );
  let added = 0;
  for (const { id, topic } of events) {
    if (added === max) break;
    if (!record.topics.some((pattern) => isSubscribed(pattern, String(topic)))) continue;
    const delivery = file.nextDelivery();
    addDelivery(file, delivery, Number(id), webhook, now, null);
    file.tables.run("insert into revived(delivery, at, attempts) values (?, ?, 0)", delivery, now);
    file.tables.run(
      "insert into missed(event, webhook, delivery) values (?, ?, ?)",
      Number(id),
      number,
      delivery,
    );
    added++;
  }
  return added;
}
