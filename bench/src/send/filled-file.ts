import { DatabaseSync } from "node:sqlite";
import { createSender, type Store, sqliteStore } from "@heron-webhooks/sender";
import { SILENT_LOGGER } from "./heron-sender.ts";
import { PENDING_BODY, SECRET } from "./request.ts";

export interface FileContents {
  readonly accounts: number;
  readonly webhooksPerAccount: number;
  readonly url: string;
  readonly topic: string;
  /** The number of due deliveries. Each event has one for every webhook of its account. Default 0. */
  readonly pending?: number;
  /** Whether the accounts are disabled. Default false. */
  readonly disabled?: boolean;
}

/** The name of an account of the file, from 0. */
export function accountName(i: number): string {
  return `account-${i}`;
}

/**
 * Fills a file by SQL, since publishing would take hours. The store creates the tables, and the webhook that is copied.
 */
export async function createFilledFile(path: string, contents: FileContents): Promise<void> {
  const { accounts, webhooksPerAccount, pending = 0, disabled = false } = contents;
  await createTemplate(path, contents);
  const db = new DatabaseSync(path);
  try {
    db.exec("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -200000");
    db.exec("begin");
    insertWebhooks(db, contents);
    if (disabled)
      db.prepare(
        "insert into pauses(scope, target, reason, until) select 'account', external_id, 'disabled', ? from accounts",
      ).run(Number.MAX_SAFE_INTEGER);
    if (pending > 0) insertPending(db, accounts, webhooksPerAccount, pending);
    db.exec("commit");
  } finally {
    db.close();
  }
}

/** Opens the store and waits until it is ready. */
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

/** The webhooks of account `a` are those from `a * webhooksPerAccount + 1`. */
function insertWebhooks(db: DatabaseSync, { accounts, webhooksPerAccount, topic }: FileContents): void {
  const { record } = db.prepare("select record from webhooks").get() as { record: string };
  for (const table of ["webhooks", "accounts", "subscriptions", "sqlite_sequence"])
    db.exec(`delete from ${table}`);
  db.prepare(
    `${NUMBERS_QUERY} insert into accounts(id, external_id) select i, 'account-' || (i - 1) from n`,
  ).run(accounts);
  db.prepare(
    `${NUMBERS_QUERY} insert into webhooks(id, external_id, account, version, record)
     select i, 'wbh_' || i, (i - 1) / ${webhooksPerAccount} + 1, 1,
       json_set(?2, '$.id', 'wbh_' || i, '$.account', 'account-' || ((i - 1) / ${webhooksPerAccount})) from n`,
  ).run(accounts * webhooksPerAccount, record);
  db.prepare(
    "insert into subscriptions(account, pattern, webhook) select account, ?, id from webhooks order by 1, 3",
  ).run(topic);
}

const HOUR_MS = 3_600_000;

function insertPending(
  db: DatabaseSync,
  accounts: number,
  webhooksPerAccount: number,
  pending: number,
): void {
  // Creating the index after the inserts is many times faster.
  const { sql } = db.prepare("select sql from sqlite_master where name = 'deliveries_waiting'").get() as {
    sql: string;
  };
  db.exec("drop index deliveries_waiting");
  const since = Date.now() - HOUR_MS;
  // Integers are part of the text, since Node binds every number as a real, whose division is not an integer division.
  db.prepare(
    `${NUMBERS_QUERY} insert into events(id, account, external_id, topic, body, published_at, is_targeted, first_delivery, delivery_count)
     select i, i % ${accounts} + 1, 'evt_' || i, 'end_user.processed', ?2, ${since} + i / 1000, 0,
       (i - 1) * ${webhooksPerAccount} + 1, ${webhooksPerAccount} from n`,
  ).run(Math.ceil(pending / webhooksPerAccount), PENDING_BODY);
  const event = `(i - 1) / ${webhooksPerAccount} + 1`;
  db.prepare(
    `${NUMBERS_QUERY} insert into deliveries(id, event, webhook, state, attempt_count, due_at, response_status, duration_ms)
     select i, ${event}, (${event}) % ${accounts} * ${webhooksPerAccount} + (i - 1) % ${webhooksPerAccount} + 1, 3, 0,
       ${since} + (${event}) / 1000, 1000, 1000 from n`,
  ).run(pending);
  db.exec(sql);
  // None of them is only buffered in memory.
  db.prepare("update meta set value = ? where name = 'buffered_from'").run(pending + 1);
}
