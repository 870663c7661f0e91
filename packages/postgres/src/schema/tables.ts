/** For ever, as a column holds it. */
export const NEVER_ENDS: string = "9223372036854775807";

/** The planner knows nothing of tables that are empty one minute and full the next: each step goes by its index. */
export const PLANNER_SETTINGS: string =
  "set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan";

/**
 * What is owed is in `owed`, and moves to `settled` once nothing more will be tried: so what is kept for a month is written
 * once and never changed, and the dead row versions of work stay in a small table.
 *
 * A webhook has a row in `lanes`, which says which process has it, if any. That one alone attempts its deliveries, and
 * counts what is under way and how many may go in a second: so it need not ask. What it has in memory is marked as held by
 * it; a process that is no more is buried by another, and both its webhooks and what it held are free again. Who makes
 * something for a webhook that another has leaves a row in `wakes`, in the same transaction.
 */
export const TABLES: string = `
create table accounts(
  id int generated always as identity primary key,
  key text not null unique,
  -- Goes up whenever its labels change, or the conditions of a webhook.
  rules int not null default 0);

create table labels(
  account int not null,
  name text not null,
  record text not null,
  primary key(account, name));

create table write_keys(
  id int generated always as identity primary key,
  account int not null,
  key text not null unique,
  hash text not null unique,
  record text not null);
create index write_keys_of on write_keys(account, id);

create table webhooks(
  id int generated always as identity primary key,
  key text not null unique,
  account int not null references accounts,
  version int not null,
  enabled boolean not null,
  -- Not every event of its topics is for it.
  conditional boolean not null default false,
  record text not null);
create index webhooks_of on webhooks(account, id);

create table subscriptions(
  account int not null,
  pattern text not null,
  webhook int not null references webhooks on delete cascade,
  primary key(account, pattern, webhook));
create index subscriptions_of on subscriptions(webhook);

create table workers(
  id int primary key,
  -- Until when it is believed to be there without having been heard of.
  alive_until bigint not null,
  -- It could do more than it has.
  idle boolean not null default true);
create sequence worker_ids as int;

create table lanes(
  webhook int primary key,
  account int not null,
  -- The worker that has it.
  holder int,
  -- If nobody has it: when something of it is due.
  wake_at bigint,
  -- What is new waits behind something, and is not for the holder's memory.
  spilled boolean not null default false)
  with (fillfactor = 70);
create index lanes_free on lanes(wake_at) where holder is null and wake_at is not null;
create index lanes_held on lanes(holder) where holder is not null;
create index lanes_of on lanes(account);

-- What the worker that has a webhook must know of, or whoever takes it, if nobody has it: that something is due, or, if
-- that is null, that the webhook was changed.
create table wakes(worker int, webhook int not null, due bigint);
create index wakes_of on wakes(worker);

create table users(
  account int not null,
  key text not null,
  properties text not null,
  primary key(account, key));

create table events(
  id bigint primary key,
  account int not null,
  key text not null,
  topic text not null,
  body text not null,
  properties text,
  at bigint not null,
  -- It was for one webhook, whatever its patterns.
  named boolean not null,
  -- How many deliveries it made, and which there are: those included that were put down later.
  made int not null,
  deliveries bigint[] not null,
  trace text);
create sequence event_ids;

create table event_keys(
  account int not null,
  key text not null,
  event bigint not null,
  primary key(account, key));

create table owed(
  id bigint primary key,
  webhook int not null,
  account int not null,
  event bigint not null,
  due bigint not null,
  since bigint not null,
  attempts int not null,
  -- How many of them were made before it was made pending again.
  before int not null,
  status int,
  reason text,
  -- The worker that has it in memory; null for what waits.
  holder int);
create index owed_waiting on owed(webhook, due, id) where holder is null;
create index owed_held on owed(holder) where holder is not null;
create sequence delivery_ids;

create table settled(
  id bigint primary key,
  webhook int not null,
  account int not null,
  event bigint not null,
  dead boolean not null,
  attempts int not null,
  status int,
  -- Of the last attempt.
  ms int,
  at bigint not null,
  reason text);
create index settled_of on settled(webhook, id);
create index settled_dead on settled(webhook, event, id) where dead;

create table attempts(
  delivery bigint not null,
  n int not null,
  at bigint not null,
  status int,
  ms int not null,
  reason text,
  answer text,
  primary key(delivery, n));

create table gates(
  scope text not null,
  id int not null,
  gate text not null,
  until bigint not null,
  primary key(scope, id, gate));

-- By how much what an account has pending, and what is kept, has grown: summed up now and then.
create table tallies(account int not null, pending bigint not null);
create index tallies_of on tallies(account);
create table volumes(bytes bigint not null);

-- Webhooks that are no more, and whose deliveries go in steps: how many are left that are counted as pending no more, when
-- it was removed, and when to look again. What is committed after its removal has been counted as any other.
create table removed(webhook int primary key, counted bigint not null, at bigint not null, next bigint not null);
`;

/**
 * Work comes and goes in these by the thousand a second, and the usual fifth of a table would be too late: what is dead is
 * to go once there is some of it.
 */
export const AUTOVACUUM_SETTINGS: string = ["wakes", "lanes", "owed", "tallies", "workers"]
  .map(
    (table) =>
      `alter table ${table} set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);`,
  )
  .join("\n");
