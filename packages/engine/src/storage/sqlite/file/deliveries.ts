import { getPageLimit } from "../../page.ts";
import type { DeliveryFilter } from "../../record-stores.ts";
import type {
  AttemptRecord,
  DeliveryDetails,
  DeliveryRecord,
  DeliveryState,
  Page,
  PageRequest,
} from "../../records.ts";
import type { Row } from "./statements.ts";
import type { StoreFile } from "./store-file.ts";
import { findWebhookNumber } from "./webhook-cache.ts";

const STATES: Readonly<Record<number, DeliveryState>> = {
  2: "pending",
  3: "pending",
  4: "delivered",
  5: "dead",
};
const SELECT_DELIVERIES = `select d.id, d.state, d.attempt_count, d.due_at, d.response_status, d.duration_ms, d.reason,
  w.external_id as webhook, a.external_id as account, e.external_id as event, e.topic, e.published_at from deliveries d join events e on e.id = d.event join webhooks w on w.id = d.webhook
  join accounts a on a.id = e.account`;

export function getDelivery(file: StoreFile, id: string, now: number): DeliveryDetails | null {
  const number = file.parseDeliveryId(id);
  const row =
    number === null ? undefined : file.statements.get(`${SELECT_DELIVERIES} where d.id = ?`, number);
  if (row === undefined || number === null) return null;
  const attempts = file.statements
    .all("select * from attempts where delivery = ? order by number", number)
    .map(toAttemptRecord);
  const onlyAttempt: AttemptRecord = {
    number: 1,
    endedAt: Number(row["due_at"]),
    responseStatus: Number(row["response_status"]),
    durationMs: Number(row["duration_ms"]),
    reason: null,
    responseBody: null,
  };
  const isFirstAttemptDelivered =
    attempts.length === 0 && Number(row["state"]) === 4 && Number(row["attempt_count"]) === 1;
  const event = file.statements.get(
    "select e.body, e.user from deliveries d join events e on e.id = d.event where d.id = ?",
    number,
  );
  return {
    delivery: toDeliveryRecord(file, row, now),
    attempts: isFirstAttemptDelivered ? [onlyAttempt] : attempts,
    body: String(event?.["body"]),
    user: typeof event?.["user"] === "string" ? event["user"] : null,
  };
}

/** Deliveries scanned for one page, so that a rare match does not delay other calls. */
const MAX_SCANNED_DELIVERIES = 20_000;

/** Newest first. A page may be short without being the last if matches are rare. */
export function listDeliveries(
  file: StoreFile,
  filter: DeliveryFilter,
  page: PageRequest,
  now: number,
): Page<DeliveryRecord> {
  const limit = getPageLimit(page);
  const last = Number(file.statements.get("select coalesce(max(id), 0) as id from deliveries")?.["id"]);
  const before = page.cursor === undefined ? last + 1 : (file.parseDeliveryId(page.cursor) ?? 0);
  // An index has the dead deliveries of each webhook.
  const isIndexed = filter.webhook !== undefined && filter.state === "dead";
  const from = isIndexed ? 0 : Math.max(0, before - MAX_SCANNED_DELIVERIES);
  const { where, values } = buildFilter(file, filter);
  const rows = file.statements.all(
    `${SELECT_DELIVERIES} where d.id < ? and d.id >= ?${where} order by d.id desc limit ?`,
    before,
    from,
    ...values,
    limit + 1,
  );
  const data = rows.slice(0, limit).map((row) => toDeliveryRecord(file, row, now));
  if (rows.length > limit) return { data, nextCursor: data.at(-1)?.id ?? null };
  const older = file.statements.get("select 1 from deliveries where id < ? limit 1", from);
  return { data, nextCursor: older === undefined ? null : file.formatDeliveryId(from) };
}

function buildFilter(
  file: StoreFile,
  { account, webhook, state }: DeliveryFilter,
): { readonly where: string; readonly values: readonly number[] } {
  const values: number[] = [];
  let where = "";
  if (account !== undefined) {
    where += " and e.account = ?";
    values.push(file.webhooks.findAccountNumber(account) ?? 0);
  }
  if (webhook !== undefined) {
    where += " and d.webhook = ?";
    values.push(findWebhookNumber(file.statements, webhook) ?? 0);
  }
  if (state !== undefined)
    where += { pending: " and d.state in (2, 3)", delivered: " and d.state = 4", dead: " and d.state = 5" }[
      state
    ];
  return { where, values };
}

function toDeliveryRecord(file: StoreFile, row: Row, now: number): DeliveryRecord {
  const state = STATES[Number(row["state"])] ?? "dead";
  const attemptCount = Number(row["attempt_count"]);
  const status = Number(row["response_status"]);
  return {
    id: file.formatDeliveryId(Number(row["id"])),
    webhook: String(row["webhook"]),
    account: String(row["account"]),
    event: {
      id: String(row["event"]),
      topic: String(row["topic"]),
      publishedAt: Number(row["published_at"]),
    },
    state,
    attemptCount,
    nextAttemptInMs: state === "pending" ? Math.max(0, Number(row["due_at"]) - now) : null,
    responseStatus: attemptCount === 0 || status === 0 ? null : status,
    // Before the first attempt the column has a placeholder.
    durationMs: attemptCount === 0 ? null : Number(row["duration_ms"]),
    reason: row["reason"] === null ? null : String(row["reason"]),
  };
}

function toAttemptRecord(row: Row): AttemptRecord {
  const readText = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    number: Number(row["number"]),
    endedAt: Number(row["ended_at"]),
    responseStatus: row["response_status"] === null ? null : Number(row["response_status"]),
    durationMs: Number(row["duration_ms"]),
    reason: readText("reason"),
    responseBody: readText("response_body"),
  };
}
