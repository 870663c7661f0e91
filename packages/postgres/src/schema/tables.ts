/** A time that is never reached, as a `bigint` column stores it. */
export const NEVER_ENDS: string = "9223372036854775807";

/** Statistics are useless for tables that are empty one minute and full the next, so every step must use its index. */
export const PLANNER_SETTINGS: string =
  "set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan";

/**
 * A pending delivery has a row in `pending_deliveries`; when it is delivered or dead, the row moves to `delivery_log`. The
 * log is therefore written once and never updated, and dead row versions stay in a small table.
 *
 * A webhook has a row in `webhook_leases` with the process that owns it, if any. Only the owner attempts its deliveries and
 * counts its concurrency and rate, so it needs no coordination. Deliveries in the owner's memory carry its number as
 * `owner`. When the lease of a process expires, another process releases its webhooks and deliveries. Publishing for a
 * webhook of another process inserts a row into `notifications`, in the same transaction.
 */
export const TABLES: string = `
create table accounts(
  id int generated always as identity primary key,
  external_id text not null unique,
  -- Incremented when the labels of the account or the conditions of its webhooks change.
  rules_version int not null default 0);

create table labels(
  account int not null,
  name text not null,
  record text not null,
  primary key(account, name));

create table write_keys(
  id int generated always as identity primary key,
  account int not null,
  external_id text not null unique,
  hash text not null unique,
  record text not null);
create index write_keys_by_account on write_keys(account, id);

create table webhooks(
  id int generated always as identity primary key,
  external_id text not null unique,
  account int not null references accounts,
  version int not null,
  enabled boolean not null,
  has_conditions boolean not null default false,
  record text not null);
create index webhooks_by_account on webhooks(account, id);

create table subscriptions(
  account int not null,
  pattern text not null,
  webhook int not null references webhooks on delete cascade,
  primary key(account, pattern, webhook));
create index subscriptions_by_webhook on subscriptions(webhook);

create table processes(
  id int primary key,
  lease_until bigint not null,
  -- It can take more webhooks.
  has_capacity boolean not null default true);
create sequence process_ids as int;

create table webhook_leases(
  webhook int primary key,
  account int not null,
  -- The process that owns it; null if none does.
  owner int,
  -- Without an owner: when its first delivery is due.
  next_due_at bigint,
  -- New deliveries queue behind stored ones and do not enter the owner's memory.
  spilled boolean not null default false)
  with (fillfactor = 70);
create index webhook_leases_unowned on webhook_leases(next_due_at) where owner is null and next_due_at is not null;
create index webhook_leases_by_owner on webhook_leases(owner) where owner is not null;
create index webhook_leases_by_account on webhook_leases(account);

-- For the process that owns the webhook, or for the next owner if process is null: a delivery is due, or, if due_at is
-- null, the webhook was changed.
create table notifications(process int, webhook int not null, due_at bigint);
create index notifications_by_process on notifications(process);

create table users(
  account int not null,
  external_id text not null,
  properties text not null,
  primary key(account, external_id));

create table events(
  id bigint primary key,
  account int not null,
  external_id text not null,
  topic text not null,
  body text not null,
  properties text,
  published_at bigint not null,
  -- It was published for one webhook, whatever the patterns of the webhook.
  is_targeted boolean not null,
  -- How many deliveries publishing created. The column deliveries also has the ids of those that were added later.
  delivery_count int not null,
  deliveries bigint[] not null,
  traceparent text);
create sequence event_ids;

create table idempotency_keys(
  account int not null,
  idempotency_key text not null,
  event bigint not null,
  primary key(account, idempotency_key));

create table pending_deliveries(
  id bigint primary key,
  webhook int not null,
  account int not null,
  event bigint not null,
  due_at bigint not null,
  enqueued_at bigint not null,
  attempt_count int not null,
  attempts_before_requeue int not null,
  response_status int,
  reason text,
  -- The process that has it in memory; null if it is only stored.
  owner int);
create index pending_deliveries_unowned on pending_deliveries(webhook, due_at, id) where owner is null;
create index pending_deliveries_by_owner on pending_deliveries(owner) where owner is not null;
create sequence delivery_ids;

create table delivery_log(
  id bigint primary key,
  webhook int not null,
  account int not null,
  event bigint not null,
  is_dead boolean not null,
  attempt_count int not null,
  response_status int,
  -- Of the last attempt.
  duration_ms int,
  completed_at bigint not null,
  reason text);
create index delivery_log_by_webhook on delivery_log(webhook, id);
create index delivery_log_dead on delivery_log(webhook, event, id) where is_dead;

create table attempts(
  delivery bigint not null,
  number int not null,
  ended_at bigint not null,
  response_status int,
  duration_ms int not null,
  reason text,
  response_body text,
  primary key(delivery, number));

create table pauses(
  scope text not null,
  target int not null,
  reason text not null,
  until bigint not null,
  primary key(scope, target, reason));

-- Changes of the number of pending deliveries of an account, and of the stored bytes. Pruning sums them up.
create table pending_counters(account int not null, delta bigint not null);
create index pending_counters_by_account on pending_counters(account);
create table storage_counters(delta_bytes bigint not null);

-- The deliveries of deleted webhooks are deleted in steps. uncounted_deliveries: how many of those that are left are already
-- subtracted from pending_counters. A transaction that commits after the deletion may add more, which are counted as usual.
create table deleted_webhooks(
  webhook int primary key,
  uncounted_deliveries bigint not null,
  deleted_at bigint not null,
  next_check_at bigint not null);
`;

/** Rows of these tables live briefly: at PostgreSQL's default, a fifth of the table, vacuum would start too late. */
export const AUTOVACUUM_SETTINGS: string = [
  "notifications",
  "webhook_leases",
  "pending_deliveries",
  "pending_counters",
  "processes",
]
  .map(
    (table) =>
      `alter table ${table} set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);`,
  )
  .join("\n");
