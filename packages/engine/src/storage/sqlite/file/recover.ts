import { Subject } from "../../../matching/subject.ts";
import { wants } from "../../../matching/wants.ts";
import type { Recovered } from "../../record-stores.ts";
import { firstEventSince, lastEvent } from "./log-ids.ts";
import { type Webhook, webhookNumber } from "./met.ts";
import { addDelivery } from "./publish.ts";
import type { StoreFile } from "./store-file.ts";

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

/** One step of recovering what a webhook has not had. */
export interface RecoverStep {
  readonly webhook: string;
  readonly sinceMs: number;
  readonly max: number;
  /** What the step before said; null for the first. */
  readonly after: string | null;
}

/** How many events are looked at in one step, whether or not any was missed. */
const LOOKED_AT = 5000;
/** The same if their bodies must be read. */
const LOOKED_INTO = 500;
const NEVER = Number.MAX_SAFE_INTEGER;

/** Revives what is dead, and then puts down what was missed, from the event on that the step before came to. */
export function recover(
  file: StoreFile,
  { webhook: id, sinceMs, max, after }: RecoverStep,
  now: number,
  maxPending: number,
): Recovered {
  const number = webhookNumber(file.tables, id);
  if (number === null) return { recovered: 0, next: null };
  const webhook = file.met.webhook(number);
  // The rest can be recovered when these have gone.
  const room = Math.max(0, maxPending - webhook.account.pending);
  const most = Math.min(max, room);
  const since = firstEventSince(file.tables, now - sinceMs);
  const from = Math.max(since, after === null ? 0 : Number.parseInt(after, 36) || 0);
  const revived = reviveDead(file, webhook, since, most, now);
  const { added, next } =
    revived === most ? { added: 0, next: from } : addMissed(file, webhook, from, most - revived, now);
  const isFull = revived + added === room;
  return { recovered: revived + added, next: next === null || isFull ? null : next.toString(36) };
}

function reviveDead(file: StoreFile, webhook: Webhook, since: number, max: number, now: number): number {
  const first = file.tables.get(
    "select first from events where id >= ? and count > 0 order by id limit 1",
    since,
  );
  const missed = file.tables.get(
    "select min(delivery) as first from missed where event >= ? and webhook = ?",
    since,
    webhook.number,
  );
  // What was put down later may be older than anything that was born since then, and of an event that was born before: hence
  // both, and the bound on the event.
  const from = Math.min(Number(first?.["first"] ?? NEVER), Number(missed?.["first"] ?? NEVER));
  const dead = file.tables.all(
    "select id, attempts from deliveries where webhook = ? and state = 5 and id >= ? and event >= ? order by id limit ?",
    webhook.number,
    from,
    since,
    max,
  );
  for (const { id, attempts } of dead) revive(file, Number(id), webhook, Number(attempts), now);
  return dead.length;
}

/** Events that it should have had: none of their deliveries is its, born with them or put down later. */
function addMissed(
  file: StoreFile,
  webhook: Webhook,
  from: number,
  max: number,
  now: number,
): { readonly added: number; readonly next: number | null } {
  const { number, account, record } = webhook;
  // Bodies are large.
  const end = from + (record.when === undefined ? LOOKED_AT : LOOKED_INTO);
  const events = file.tables.all(
    `select e.id, e.topic, ${record.when === undefined ? "null as body, null as user" : "e.body, e.user"} from events e where e.id >= ? and e.id < ? and e.account = ? and e.named = 0
       and not exists (select 1 from deliveries d where d.id >= e.first and d.id < e.first + e.count and d.webhook = ?)
       and not exists (select 1 from missed m where m.event = e.id and m.webhook = ?) order by e.id`,
    from,
    end,
    account.number,
    number,
    number,
  );
  let added = 0;
  for (const { id, topic, body, user } of events) {
    if (added === max) return { added, next: Number(id) };
    const subject = new Subject(String(body), user === null ? null : String(user));
    if (!wants(record, String(topic), subject)) continue;
    addMissedOne(file, webhook, Number(id), now);
    added++;
  }
  return { added, next: end > lastEvent(file.tables) ? null : end };
}

function addMissedOne(file: StoreFile, webhook: Webhook, event: number, now: number): void {
  const { tables } = file;
  const delivery = file.nextDelivery();
  addDelivery(file, delivery, event, webhook, now, null);
  tables.run("insert into revived(delivery, at, attempts) values (?, ?, 0)", delivery, now);
  tables.run(
    "insert into missed(event, webhook, delivery) values (?, ?, ?)",
    event,
    webhook.number,
    delivery,
  );
}
