import { MOST_PENDING, tooManyPending } from "../limits.ts";
import type { NewEvent, Published } from "../store/store.ts";
import type { Account, StoreFile } from "./file.ts";
import type { HotEvent } from "./hot.ts";

/** What `publish` made, in words that can leave the thread. */
export type PublishedPlainly =
  | Exclude<Published, { readonly refused: unknown }>
  | { readonly id: string; readonly refused: string };

/** Persists events with their deliveries; those for which there is room are in memory once that is durable. */
export function publish(
  file: StoreFile,
  events: readonly NewEvent[],
  now: number,
  mostPending: number = MOST_PENDING,
): readonly PublishedPlainly[] {
  const added = new Map<Account, number>();
  return events.map((event) => publishOne(file, event, now, mostPending, added));
}

function publishOne(
  file: StoreFile,
  event: NewEvent,
  now: number,
  mostPending: number,
  added: Map<Account, number>,
): PublishedPlainly {
  const { tables } = file;
  const account = file.account(event.account);
  if (event.idempotent) {
    const known = tables.get(
      "select e.count from event_keys k join events e on e.id = k.event where k.account = ? and k.key = ?",
      account.number,
      event.id,
    );
    if (known !== undefined) return { id: event.id, deliveries: Number(known["count"]), duplicate: true };
  }
  const webhooks = webhooksFor(file, account, event, now);
  const pending = account.pending + (added.get(account) ?? 0);
  if (pending + webhooks.length > mostPending)
    return { id: event.id, refused: tooManyPending(pending, mostPending).message };
  added.set(account, (added.get(account) ?? 0) + webhooks.length);
  insert(file, account, event, webhooks, now);
  return { id: event.id, deliveries: webhooks.length, duplicate: false };
}

function webhooksFor(file: StoreFile, account: Account, event: NewEvent, now: number): readonly number[] {
  if (event.webhook !== null) {
    const number = file.webhookNumber(event.webhook);
    return number === null ? [] : [number];
  }
  return file
    .matching(account.number, event.topic, event.patterns)
    .filter((number) => file.lane(number, now).record.enabled);
}

function insert(
  file: StoreFile,
  account: Account,
  event: NewEvent,
  webhooks: readonly number[],
  now: number,
): void {
  const { tables } = file;
  const user =
    event.user === null
      ? null
      : ((tables.get(
          "select properties from users where account = ? and key = ?",
          account.number,
          event.user,
        )?.["properties"] as string | undefined) ?? null);
  const first = Number(tables.get("select coalesce(max(id), 0) + 1 as id from deliveries")?.["id"]);
  tables.run(
    "insert into events(account, key, topic, body, user, at, named, first, count) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    account.number,
    event.id,
    event.topic,
    event.body,
    user,
    now,
    event.webhook === null ? 0 : 1,
    first,
    webhooks.length,
  );
  const number = Number(tables.get("select last_insert_rowid() as id")?.["id"]);
  if (event.idempotent)
    tables.run(
      "insert into event_keys(account, key, event) values (?, ?, ?)",
      account.number,
      event.id,
      number,
    );
  const hot: HotEvent = { topic: event.topic, body: event.body, user, at: now };
  for (const [i, webhook] of webhooks.entries())
    addDelivery(file, account, first + i, number, webhook, hot, now);
}

/** A delivery in the file, and in memory if there is room. */
export function addDelivery(
  file: StoreFile,
  account: Account,
  id: number,
  event: number,
  webhook: number,
  hot: HotEvent,
  now: number,
): void {
  const lane = file.lane(webhook, now);
  const isHot = file.hasRoom(lane);
  file.tables.run(
    "insert into deliveries(id, event, webhook, state, attempts, due, status, ms) values (?, ?, ?, ?, 0, ?, 1000, 1000)",
    id,
    event,
    webhook,
    isHot ? 2 : 3,
    now,
  );
  file.afterwards(() => {
    account.pending += 1;
    if (!isHot) return file.stored(lane, now, now);
    file.bornHot.add(id);
    file.hot.push({ id, sequence: id, event: hot, lane, attempts: 0, due: now }, now);
  });
}
