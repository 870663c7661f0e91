import { DatabaseSync } from "node:sqlite";
import { createSender, type Store, sqliteStore } from "@heron-webhooks/sender";
import { SILENT_LOGGER } from "./heron-sender.ts";
import { PENDING_BODY, SECRET } from "./request.ts";

/** What is to be in a file. */
export interface FileContents {
  readonly accounts: number;
  readonly webhooksEach: number;
  readonly url: string;
  readonly topic: string;
  /** Deliveries that are due: each event has one for every webhook of its account. Default 0. */
  readonly pending?: number;
  /** Nothing of these accounts is delivered. Default false. */
  readonly disabled?: boolean;
}

/** The name of an account of a stocked file, from 0. */
export function accountName(i: number): string {
  return `account-${i}`;
}

/**
 * Makes a file of a store that holds so much, by SQL, since by the store's own interface it would take hours. The tables
 * are the store's own, and so is the one webhook of which all are copies.
 */
export async function createFilledFile(path: string, stock: FileContents): Promise<void> {
  const { accounts, webhooksEach, pending = 0, disabled = false } = stock;
  await createTemplate(path, stock);
  const db = new DatabaseSync(path);
  try {
    db.exec("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -200000");
    db.exec("begin");
    insertWebhooks(db, stock);
    if (disabled)
      db.prepare(
        "insert into pauses(scope, target, reason, until) select 'account', external_id, 'disabled', ? from accounts",
      ).run(Number.MAX_SAFE_INTEGER);
    if (pending > 0) insertPending(db, accounts, webhooksEach, pending);
    db.exec("commit");
  } finally {
    db.close();
  }
}

/** A store over such a file, once it is known what is owed. */
export async function openFilledFile(path: string): Promise<Store> {
  const store = sqliteStore(path);
  await store.nextDueIn();
  return store;
}

async function createTemplate(path: string, { url, topic }: FileContents): Promise<void> {
  const sender = createSender({
    store: sqliteStore(path),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    logger: SILENT_LOGGER,
  });
  await sender.webhooks.create({ account: "template", url, topics: [topic], secret: SECRET });
  await sender.close();
}

/** Numbers from 1 to the first parameter. */
const NUMBERS_QUERY = "with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)";

/** The webhooks of account `a` are those from `a * webhooksEach + 1`. */
function insertWebhooks(db: DatabaseSync, { accounts, webhooksEach, topic }: FileContents): void {
  const { record } = db.prepare("select record from webhooks").get() as { record: string };
  for (const table of ["webhooks", "accounts", "subscriptions", "sqlite_sequence"])
    db.exec(`delete from ${table}`);
  db.prepare(
    `${NUMBERS_QUERY} insert into accounts(id, external_id) select i, 'account-' || (i - 1) from n`,
  ).run(accounts);
  db.prepare(
    `${NUMBERS_QUERY} insert into webhooks(id, external_id, account, version, record)
     select i, 'wbh_' || i, (i - 1) / ${webhooksEach} + 1, 1,
       json_set(?2, '$.id', 'wbh_' || i, '$.account', 'account-' || ((i - 1) / ${webhooksEach})) from n`,
  ).run(accounts * webhooksEach, record);
  db.prepare(
    "insert into subscriptions(account, pattern, webhook) select account, ?, id from webhooks order by 1, 3",
  ).run(topic);
}

const HOUR_MS = 3_600_000;

function insertPending(db: DatabaseSync, accounts: number, webhooksEach: number, pending: number): void {
  // Made anew once all is in: to keep it in order on the way takes many times as long.
  const { sql } = db.prepare("select sql from sqlite_master where name = 'deliveries_waiting'").get() as {
    sql: string;
  };
  db.exec("drop index deliveries_waiting");
  const since = Date.now() - HOUR_MS;
  // Whole numbers stand in the text, since Node binds every number as a real, and a real is not divided as a whole one.
  db.prepare(
    `${NUMBERS_QUERY} insert into events(id, account, external_id, topic, body, published_at, is_targeted, first_delivery, delivery_count)
     select i, i % ${accounts} + 1, 'evt_' || i, 'end_user.processed', ?2, ${since} + i / 1000, 0,
       (i - 1) * ${webhooksEach} + 1, ${webhooksEach} from n`,
  ).run(Math.ceil(pending / webhooksEach), PENDING_BODY);
  const event = `(i - 1) / ${webhooksEach} + 1`;
  db.prepare(
    `${NUMBERS_QUERY} insert into deliveries(id, event, webhook, state, attempt_count, due_at, response_status, duration_ms)
     select i, ${event}, (${event}) % ${accounts} * ${webhooksEach} + (i - 1) % ${webhooksEach} + 1, 3, 0,
       ${since} + (${event}) / 1000, 1000, 1000 from n`,
  ).run(pending);
  db.exec(sql);
  // None of them was ever in memory alone.
  db.prepare("update meta set value = ? where name = 'buffered_from'").run(pending + 1);
}
