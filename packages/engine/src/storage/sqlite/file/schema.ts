import type { DatabaseSync } from "node:sqlite";
import { HeronError } from "@heron-webhooks/core";

/** "No end" as an integer of the file. */
export const FOREVER: number = Number.MAX_SAFE_INTEGER;

/**
 * One row for each delivery, inserted as wide as it will become, so that its completion updates it in place. States: 2
 * buffered (in memory), 3 waiting, 4 delivered, 5 dead. 0 and 1 take no byte in SQLite, so the row would grow. Only
 * waiting rows are in an index, so a delivery that is delivered at once never touches it.
 */
const BASE_TABLES = `
create table meta(name text primary key, value) without rowid;
create table accounts(id integer primary key, external_id text not null unique);
create table webhooks(id integer primary key autoincrement, external_id text not null unique, account integer not null, version integer not null, record text not null);
create index webhooks_by_account on webhooks(account, id);
create table subscriptions(account integer not null, pattern text not null, webhook integer not null, primary key(account, pattern, webhook)) without rowid;
create table users(account integer not null, external_id text not null, properties text not null, primary key(account, external_id)) without rowid;
create table events(id integer primary key, account integer not null, external_id text not null, topic text not null, body text not null,
  user text, published_at integer not null, is_targeted integer not null, first_delivery integer not null, delivery_count integer not null, traceparent text);
create table idempotency_keys(account integer not null, idempotency_key text not null, event integer not null, primary key(account, idempotency_key)) without rowid;
create table deliveries(id integer primary key, event integer not null, webhook integer not null, state integer not null,
  attempt_count integer not null, due_at integer not null, response_status integer not null, duration_ms integer not null, reason text);
create index deliveries_waiting on deliveries(webhook, due_at, id) where state = 3;
create index deliveries_dead on deliveries(webhook, id) where state = 5;
create table attempts(delivery integer not null, number integer not null, ended_at integer not null, response_status integer, duration_ms integer not null,
  reason text, response_body text, primary key(delivery, number)) without rowid;
create table requeued(delivery integer primary key, requeued_at integer not null, attempts_before integer not null);
create table missed_deliveries(event integer not null, webhook integer not null, delivery integer not null, primary key(event, webhook)) without rowid;
create table deleted_webhooks(webhook integer primary key);
create table pauses(scope text not null, target text not null, reason text not null, until integer not null, primary key(scope, target, reason)) without rowid;
create table labels(account integer not null, name text not null, record text not null, primary key(account, name)) without rowid;
create table write_keys(id integer primary key, account integer not null, external_id text not null unique, hash text not null unique, record text not null);
create index write_keys_by_account on write_keys(account, id);
`;

/** The migrations of each version, starting with an empty file. */
const MIGRATIONS: readonly string[] = [BASE_TABLES];

/**
 * Asserts that a file is empty or belongs to a store, before it is changed.
 * @throws HeronError `store_version` if a newer version wrote it, `store_unavailable` if another application did
 */
export function assertOwnFile(db: DatabaseSync): void {
  const { user_version: fileVersion } = db.prepare("pragma user_version").get() as { user_version: number };
  if (fileVersion > MIGRATIONS.length)
    throw new HeronError(
      "store_version",
      `The file was written by a newer version (schema ${fileVersion}; this version supports ${MIGRATIONS.length}). Update @heron-webhooks/sender.`,
    );
  const { tables } = db.prepare("select count(*) as tables from sqlite_master").get() as { tables: number };
  if (fileVersion === 0 && tables > 0)
    throw new HeronError(
      "store_unavailable",
      "The file is a database of another application. Choose another path for the sender.",
    );
}

/** Migrates a file to the current version, in one transaction. */
export function migrate(db: DatabaseSync, createName: () => string): void {
  const { user_version: fileVersion } = db.prepare("pragma user_version").get() as { user_version: number };
  if (fileVersion === MIGRATIONS.length) return;
  db.exec("begin immediate");
  for (const statements of MIGRATIONS.slice(fileVersion)) db.exec(statements);
  if (fileVersion === 0) {
    db.prepare("insert into meta values ('store_name', ?)").run(createName());
    db.prepare("insert into meta values ('buffered_from', 1)").run();
  }
  db.exec(`pragma user_version = ${MIGRATIONS.length}`);
  db.exec("commit");
}
