import { matchTopic } from "@heron-webhooks/core";
import { limitOf } from "../store/page.ts";
import type { AttemptRecord, DeliveryRecord, DeliveryState, Page, PageRequest } from "../store/records.ts";
import type { DeliveryFilter } from "../store/store.ts";
import type { StoreFile } from "./file.ts";
import { addDelivery } from "./publish.ts";
import type { Row } from "./tables.ts";

const STATES: Readonly<Record<number, DeliveryState>> = {
  2: "pending",
  3: "pending",
  4: "delivered",
  5: "dead",
};
const COLUMNS = `select d.id, d.state, d.attempts, d.due, d.status, d.ms, d.reason, w.key as webhook, a.key as account,
  e.key as event, e.topic, e.at from deliveries d join events e on e.id = d.event join webhooks w on w.id = d.webhook
  join accounts a on a.id = e.account`;

export function getDelivery(
  file: StoreFile,
  id: string,
  now: number,
): { readonly delivery: DeliveryRecord; readonly attempts: readonly AttemptRecord[] } | null {
  const number = file.deliveryNumber(id);
  const row = number === null ? undefined : file.tables.get(`${COLUMNS} where d.id = ?`, number);
  if (row === undefined || number === null) return null;
  const attempts = file.tables
    .all("select * from attempts where delivery = ? order by n", number)
    .map(attemptOf);
  const only: AttemptRecord = {
    number: 1,
    at: Number(row["due"]),
    status: Number(row["status"]),
    ms: Number(row["ms"]),
    reason: null,
    answer: null,
  };
  const atOnce = attempts.length === 0 && Number(row["state"]) === 4 && Number(row["attempts"]) === 1;
  return { delivery: recordOf(file, row, now), attempts: atOnce ? [only] : attempts };
}

export function listDeliveries(
  file: StoreFile,
  filter: DeliveryFilter,
  page: PageRequest,
  now: number,
): Page<DeliveryRecord> {
  const limit = limitOf(page);
  const before = page.after === undefined ? Number.MAX_SAFE_INTEGER : (file.deliveryNumber(page.after) ?? 0);
  const where = ["d.id < ?"];
  const values: (string | number)[] = [before];
  if (filter.account !== undefined) {
    where.push("e.account = ?");
    values.push(file.account(filter.account).number);
  }
  if (filter.webhook !== undefined) {
    where.push("d.webhook = ?");
    values.push(file.webhookNumber(filter.webhook) ?? 0);
  }
  if (filter.state !== undefined)
    where.push({ pending: "d.state in (2, 3)", delivered: "d.state = 4", dead: "d.state = 5" }[filter.state]);
  const rows = file.tables.all(
    `${COLUMNS} where ${where.join(" and ")} order by d.id desc limit ?`,
    ...values,
    limit + 1,
  );
  const items = rows.slice(0, limit).map((row) => recordOf(file, row, now));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export function retryDelivery(file: StoreFile, id: string, now: number): boolean {
  const number = file.deliveryNumber(id);
  const row =
    number === null
      ? undefined
      : file.tables.get("select webhook, state from deliveries where id = ?", number);
  if (row === undefined || number === null || Number(row["state"]) < 4) return false;
  revive(file, number, Number(row["webhook"]), now);
  return true;
}

function revive(file: StoreFile, number: number, webhook: number, now: number): void {
  file.tables.run("update deliveries set state = 3, due = ?, reason = null where id = ?", now, number);
  const owner = file.webhook(webhook);
  file.stored(owner, now);
  file.afterwards(() => {
    owner.account.pending += 1;
  });
}

/** Dead deliveries are revived; an event that was missed is put down once more, with the one delivery. */
export function recover(file: StoreFile, id: string, sinceMs: number, max: number, now: number): number {
  const webhook = file.webhookNumber(id);
  if (webhook === null) return 0;
  const { account: key, topics } = file.record(webhook);
  const account = file.account(key);
  const had = new Map<string, { readonly id: number; readonly state: number }>();
  for (const row of file.tables.all(
    "select d.id, d.state, e.key from deliveries d join events e on e.id = d.event where d.webhook = ? and e.at >= ?",
    webhook,
    now - sinceMs,
  ))
    had.set(String(row["key"]), { id: Number(row["id"]), state: Number(row["state"]) });
  let recovered = 0;
  for (const event of file.tables.all(
    "select * from events where account = ? and at >= ? and named = 0 order by id",
    account.number,
    now - sinceMs,
  )) {
    if (recovered === max) break;
    const known = had.get(String(event["key"]));
    if (known?.state === 5) revive(file, known.id, webhook, now);
    else if (known === undefined && topics.some((pattern) => matchTopic(pattern, String(event["topic"]))))
      addMissed(file, webhook, event, now);
    else continue;
    had.set(String(event["key"]), { id: 0, state: 3 });
    recovered++;
  }
  return recovered;
}

function addMissed(file: StoreFile, webhook: number, event: Row, now: number): void {
  const owner = file.webhook(webhook);
  const number = file.nextEvent();
  const first = file.nextDelivery();
  const { key, topic, body, user, at } = event;
  file.tables.run(
    "insert into events(id, account, key, topic, body, user, at, named, first, count) values (?, ?, ?, ?, ?, ?, ?, 1, ?, 1)",
    number,
    owner.account.number,
    key ?? "",
    topic ?? "",
    body ?? "",
    user ?? null,
    at ?? now,
    first,
  );
  addDelivery(file, first, number, owner, now, null);
}

/** Takes events away that are older and whose deliveries are all settled, with these. */
export function prune(file: StoreFile, olderThanMs: number, max: number, now: number): number {
  const rows = file.tables.all(
    `select id, account, key, first, count from events e where at < ? and not exists
       (select 1 from deliveries where id >= e.first and id < e.first + e.count and state in (2, 3)) order by id limit ?`,
    now - olderThanMs,
    max,
  );
  for (const { id, account, key, first, count } of rows) {
    const [from, to] = [Number(first), Number(first) + Number(count)];
    file.tables.run("delete from attempts where delivery >= ? and delivery < ?", from, to);
    file.tables.run("delete from deliveries where id >= ? and id < ?", from, to);
    file.tables.run(
      "delete from event_keys where account = ? and key = ? and event = ?",
      account ?? 0,
      key ?? "",
      id ?? 0,
    );
    file.tables.run("delete from events where id = ?", id ?? 0);
  }
  return rows.length;
}

function recordOf(file: StoreFile, row: Row, now: number): DeliveryRecord {
  const state = STATES[Number(row["state"])] ?? "dead";
  const attempts = Number(row["attempts"]);
  const status = Number(row["status"]);
  return {
    id: file.deliveryId(Number(row["id"])),
    webhook: String(row["webhook"]),
    account: String(row["account"]),
    event: { id: String(row["event"]), topic: String(row["topic"]), created: Number(row["at"]) },
    state,
    attempts,
    dueIn: state === "pending" ? Math.max(0, Number(row["due"]) - now) : null,
    status: attempts === 0 || status === 0 ? null : status,
    reason: row["reason"] === null ? null : String(row["reason"]),
  };
}

function attemptOf(row: Row): AttemptRecord {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    number: Number(row["n"]),
    at: Number(row["at"]),
    status: row["status"] === null ? null : Number(row["status"]),
    ms: Number(row["ms"]),
    reason: text("reason"),
    answer: text("answer"),
  };
}
