import { limitOf } from "../../page.ts";
import type { DeliveryFilter } from "../../record-stores.ts";
import type {
  AttemptRecord,
  DeliveryLog,
  DeliveryRecord,
  DeliveryState,
  Page,
  PageRequest,
} from "../../records.ts";
import { webhookNumber } from "./met.ts";
import type { StoreFile } from "./store-file.ts";
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

export function getDelivery(file: StoreFile, id: string, now: number): DeliveryLog | null {
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
  const event = file.tables.get(
    "select e.body, e.user from deliveries d join events e on e.id = d.event where d.id = ?",
    number,
  );
  return {
    delivery: recordOf(file, row, now),
    attempts: atOnce ? [only] : attempts,
    body: String(event?.["body"]),
    user: typeof event?.["user"] === "string" ? event["user"] : null,
  };
}

/** How many deliveries are looked at for a page, so that nobody else is kept waiting by a rare one. */
const WINDOW = 20_000;

/** The newest first. A page may be short and not be the last, if what is looked for is rare. */
export function listDeliveries(
  file: StoreFile,
  filter: DeliveryFilter,
  page: PageRequest,
  now: number,
): Page<DeliveryRecord> {
  const limit = limitOf(page);
  const last = Number(file.tables.get("select coalesce(max(id), 0) as id from deliveries")?.["id"]);
  const before = page.after === undefined ? last + 1 : (file.deliveryNumber(page.after) ?? 0);
  // Of the dead of one webhook there is an index.
  const isIndexed = filter.webhook !== undefined && filter.state === "dead";
  const from = isIndexed ? 0 : Math.max(0, before - WINDOW);
  const { where, values } = conditionsOf(file, filter);
  const rows = file.tables.all(
    `${COLUMNS} where d.id < ? and d.id >= ?${where} order by d.id desc limit ?`,
    before,
    from,
    ...values,
    limit + 1,
  );
  const items = rows.slice(0, limit).map((row) => recordOf(file, row, now));
  if (rows.length > limit) return { items, next: items.at(-1)?.id ?? null };
  const older = file.tables.get("select 1 from deliveries where id < ? limit 1", from);
  return { items, next: older === undefined ? null : file.deliveryId(from) };
}

function conditionsOf(
  file: StoreFile,
  { account, webhook, state }: DeliveryFilter,
): { readonly where: string; readonly values: readonly number[] } {
  const values: number[] = [];
  let where = "";
  if (account !== undefined) {
    where += " and e.account = ?";
    values.push(file.met.accountNumber(account) ?? 0);
  }
  if (webhook !== undefined) {
    where += " and d.webhook = ?";
    values.push(webhookNumber(file.tables, webhook) ?? 0);
  }
  if (state !== undefined)
    where += { pending: " and d.state in (2, 3)", delivered: " and d.state = 4", dead: " and d.state = 5" }[
      state
    ];
  return { where, values };
}

function recordOf(file: StoreFile, row: Row, now: number): DeliveryRecord {
  const state = STATES[Number(row["state"])] ?? "dead";
  const attempts = Number(row["attempts"]);
  const status = Number(row["status"]);
  return {
    id: file.deliveryId(Number(row["id"])),
    webhook: String(row["webhook"]),
    account: String(row["account"]),
    event: { id: String(row["event"]), topic: String(row["topic"]), published: Number(row["at"]) },
    state,
    attempts,
    dueIn: state === "pending" ? Math.max(0, Number(row["due"]) - now) : null,
    status: attempts === 0 || status === 0 ? null : status,
    // Before the first attempt the row has a number there that says nothing.
    ms: attempts === 0 ? null : Number(row["ms"]),
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
