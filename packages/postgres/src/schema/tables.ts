/** For ever, as a column holds it. */
export const FOREVER: string = "9223372036854775807";

/**
 * What is owed moves from table to table, and is in one of them at a time: `waiting`, `leased`, `settled`. So the dead row
 * versions of work stay in small tables, and what is kept for a month is written once and never changed.
 *
 * A webhook has a row in `lanes`, which says whether it may be served. Claims alone write it, and whoever changes something
 * for a webhook leaves a row in `wakes`, in the same transaction, which the next claim takes in. So nobody who publishes or
 * settles waits for another that does, and no lock is held while a disk is waited for.
 */
export const TABLES: string = `
create table accounts(
  id int generated always as identity primary key,
  key text not null unique,
  -- Until when its gates are closed, the last of them.
  closed_until bigint not null default 0);

create table webhooks(
  id int generated always as identity primary key,
  key text not null unique,
  account int not null references accounts,
  version int not null,
  record text not null,
  -- What claims go by, out of the record and of its gates.
  enabled boolean not null,
  concurrency int not null,
  rate double precision,
  closed_until bigint not null default 0,
  probing boolean not null default false);
create index webhooks_of on webhooks(account, id);

create table subscriptions(
  account int not null,
  pattern text not null,
  webhook int not null references webhooks on delete cascade,
  primary key(account, pattern, webhook));
create index subscriptions_of on subscriptions(webhook);

create table lanes(
  webhook int primary key,
  account int not null,
  -- Something of it may be claimed, as far as is known: it stands in its account's ring.
  ready boolean not null default false,
  -- Of two that are ready the lower is served first.
  turn bigint not null default 0,
  -- When it is looked at again; null for when something wakes it.
  wake_at bigint,
  -- Nothing of it that waits is due sooner: a scan that begins here meets no rows that were served long ago.
  low bigint not null default ${FOREVER},
  -- How many of its deliveries are leased, and how many are pending.
  held int not null default 0,
  pending bigint not null default 0,
  tokens double precision,
  filled_at bigint)
  with (fillfactor = 50);
create index lanes_ready on lanes(account, turn, webhook) where ready;
create index lanes_wake on lanes(wake_at) where wake_at is not null;
create index lanes_of on lanes(account);

-- What happened to a webhook that claims must know of: when something is due, how many leases ended, how many
-- deliveries more are pending.
create table wakes(
  webhook int not null,
  account int not null,
  due bigint not null,
  freed int not null,
  owed int not null);
create index wakes_of on wakes(account);

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

create table event_keys(
  account int not null,
  key text not null,
  event bigint not null,
  primary key(account, key));

create table waiting(
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
  reason text);
create index waiting_due on waiting(webhook, due, id);

create table leased(
  id bigint primary key,
  webhook int not null,
  account int not null,
  event bigint not null,
  due bigint not null,
  since bigint not null,
  attempts int not null,
  before int not null,
  status int,
  reason text,
  holder int not null,
  n bigint not null,
  until bigint not null)
  with (fillfactor = 70);
create index leased_until on leased(until);

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
create index settled_dead on settled(webhook, id) where dead;

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

-- By how much what is kept has grown, in bytes: summed up when it is pruned.
create table volumes(bytes bigint not null);

-- Webhooks that are no more, and whose deliveries go in steps.
create table removed(webhook int primary key);

create sequence event_ids;
create sequence delivery_ids;
create sequence holders as int cycle;
`;

/**
 * Work comes and goes in these by the thousand a second, and the usual fifth of a table would be too late: what is dead is
 * to go once there is some of it.
 */
export const VACUUMED: string = `
alter table wakes set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
alter table lanes set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
alter table leased set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
alter table waiting set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
`;
