import { EventView } from "../../../matching/event-view.ts";
import { matchesEvent } from "../../../matching/matches-event.ts";
import type { RecoverResult } from "../../record-stores.ts";
import { findFirstEventSince, getLastEventId } from "./event-ids.ts";
import { insertDelivery } from "./publish.ts";
import type { StoreFile } from "./store-file.ts";
import { type CachedWebhook, findWebhookNumber } from "./webhook-cache.ts";

export function retryDelivery(file: StoreFile, id: string, now: number): boolean {
  const number = file.parseDeliveryId(id);
  const row =
    number === null
      ? undefined
      : file.statements.get(
          "select d.webhook, d.state, d.attempt_count from deliveries d join webhooks w on w.id = d.webhook where d.id = ?",
          number,
        );
  if (row === undefined || number === null || Number(row["state"]) < 4) return false;
  requeue(file, number, file.webhooks.loadWebhook(Number(row["webhook"])), Number(row["attempt_count"]), now);
  return true;
}

/** Makes a delivered or dead delivery pending again. */
function requeue(
  file: StoreFile,
  number: number,
  webhook: CachedWebhook,
  attemptCount: number,
  now: number,
): void {
  // If the first attempt succeeded, it is stored in the delivery's row only, which is about to change.
  file.statements.run(
    `insert or ignore into attempts(delivery, number, ended_at, response_status, duration_ms)
     select id, 1, due_at, response_status, duration_ms from deliveries where id = ? and state = 4 and attempt_count = 1`,
    number,
  );
  file.statements.run(
    "update deliveries set state = 3, due_at = ?, reason = (select reason from attempts where delivery = deliveries.id order by number desc limit 1) where id = ?",
    now,
    number,
  );
  file.statements.run(
    "insert or replace into requeued(delivery, requeued_at, attempts_before) values (?, ?, ?)",
    number,
    now,
    attemptCount,
  );
  file.noteStored(webhook, now);
  file.afterCommit(() => {
    webhook.account.pendingCount += 1;
  });
}

/** One step of recovering a webhook's dead and missed deliveries. */
export interface RecoverStep {
  readonly webhook: string;
  readonly sinceMs: number;
  readonly max: number;
  /** The cursor of the previous step; null for the first. */
  readonly cursor: string | null;
}

/** Events scanned in one step, whether or not any was missed. */
const MAX_SCANNED_EVENTS = 5000;
/** Events scanned if their bodies must be read. */
const MAX_SCANNED_BODIES = 500;
const NO_DELIVERY = Number.MAX_SAFE_INTEGER;

/** Requeues dead deliveries, then inserts missed ones, from the event at which the previous step ended. */
export function recover(
  file: StoreFile,
  { webhook: id, sinceMs, max, cursor }: RecoverStep,
  now: number,
  maxPending: number,
): RecoverResult {
  const number = findWebhookNumber(file.statements, id);
  if (number === null) return { recovered: 0, nextCursor: null };
  const webhook = file.webhooks.loadWebhook(number);
  // More can be recovered once these are delivered.
  const capacity = Math.max(0, maxPending - webhook.account.pendingCount);
  const limit = Math.min(max, capacity);
  const firstEvent = findFirstEventSince(file.statements, now - sinceMs);
  const from = Math.max(firstEvent, cursor === null ? 0 : Number.parseInt(cursor, 36) || 0);
  const requeued = requeueDead(file, webhook, firstEvent, limit, now);
  const { added, next } =
    requeued === limit ? { added: 0, next: from } : insertMissed(file, webhook, from, limit - requeued, now);
  const isFull = requeued + added === capacity;
  return { recovered: requeued + added, nextCursor: next === null || isFull ? null : next.toString(36) };
}

function requeueDead(
  file: StoreFile,
  webhook: CachedWebhook,
  since: number,
  max: number,
  now: number,
): number {
  const first = file.statements.get(
    "select first_delivery from events where id >= ? and delivery_count > 0 order by id limit 1",
    since,
  );
  const missed = file.statements.get(
    "select min(delivery) as first_delivery from missed_deliveries where event >= ? and webhook = ?",
    since,
    webhook.number,
  );
  // A missed delivery that was inserted later has a higher id than its event's other deliveries. So the search starts
  // at the lower of both ids, and is also bounded by the event.
  const from = Math.min(
    Number(first?.["first_delivery"] ?? NO_DELIVERY),
    Number(missed?.["first_delivery"] ?? NO_DELIVERY),
  );
  const dead = file.statements.all(
    "select id, attempt_count from deliveries where webhook = ? and state = 5 and id >= ? and event >= ? order by id limit ?",
    webhook.number,
    from,
    since,
    max,
  );
  for (const { id, attempt_count: attemptCount } of dead)
    requeue(file, Number(id), webhook, Number(attemptCount), now);
  return dead.length;
}

/** Inserts deliveries for matching events that have none to this webhook. */
function insertMissed(
  file: StoreFile,
  webhook: CachedWebhook,
  from: number,
  max: number,
  now: number,
): { readonly added: number; readonly next: number | null } {
  const { number, account, record } = webhook;
  // Bodies are large.
  const end = from + (record.conditions === undefined ? MAX_SCANNED_EVENTS : MAX_SCANNED_BODIES);
  const events = file.statements.all(
    `select e.id, e.topic, ${record.conditions === undefined ? "null as body, null as user" : "e.body, e.user"} from events e where e.id >= ? and e.id < ? and e.account = ? and e.is_targeted = 0
       and not exists (select 1 from deliveries d where d.id >= e.first_delivery and d.id < e.first_delivery + e.delivery_count and d.webhook = ?)
       and not exists (select 1 from missed_deliveries m where m.event = e.id and m.webhook = ?) order by e.id`,
    from,
    end,
    account.number,
    number,
    number,
  );
  let added = 0;
  for (const { id, topic, body, user } of events) {
    if (added === max) return { added, next: Number(id) };
    const view = new EventView(String(body), user === null ? null : String(user));
    if (!matchesEvent(record, String(topic), view)) continue;
    insertMissedDelivery(file, webhook, Number(id), now);
    added++;
  }
  return { added, next: end > getLastEventId(file.statements) ? null : end };
}

function insertMissedDelivery(file: StoreFile, webhook: CachedWebhook, event: number, now: number): void {
  const { statements } = file;
  const delivery = file.allocateDeliveryId();
  insertDelivery(file, delivery, event, webhook, now, null);
  statements.run(
    "insert into requeued(delivery, requeued_at, attempts_before) values (?, ?, 0)",
    delivery,
    now,
  );
  statements.run(
    "insert into missed_deliveries(event, webhook, delivery) values (?, ?, ?)",
    event,
    webhook.number,
    delivery,
  );
}
