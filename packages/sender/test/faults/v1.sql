-- A file as version 1 of the store wrote it, after a crash. It is never changed: whatever reads it later must open it.
-- RECEIVER stands for where its webhooks lead.
pragma journal_mode = wal;
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
insert into meta values ('store_name', '1f2e3d4c'), ('buffered_from', 1);
insert into accounts values (1, 'acme'), (2, 'other');
insert into webhooks values
  (1, 'wbh_open', 1, 3, '{"id":"wbh_open","account":"acme","url":"RECEIVER/open","topics":["invoice.*"],"headers":{"x-from":"acme"},"template":{"paid":"{{ data.amount }}","by":"{{ user.name }}"},"format":"heron","secrets":[{"value":"sec_0123456789abcdef0123456789abcdef","expiresAt":null}],"enabled":true,"disabledBy":null,"failingSince":NOW,"concurrency":10,"rateLimit":null,"description":"Ours","metadata":{"team":"billing"},"createdAt":NOW,"version":3}'),
  (2, 'wbh_gone', 1, 2, '{"id":"wbh_gone","account":"acme","url":"RECEIVER/gone","topics":["**"],"headers":{},"format":"heron","secrets":[{"value":"sec_0123456789abcdef0123456789abcdef","expiresAt":null}],"enabled":false,"disabledBy":"gone","failingSince":null,"concurrency":10,"rateLimit":null,"description":"","metadata":{},"createdAt":NOW,"version":2}'),
  (3, 'wbh_shut', 2, 1, '{"id":"wbh_shut","account":"other","url":"RECEIVER/shut","topics":["**"],"headers":{},"format":"heron","secrets":[{"value":"sec_0123456789abcdef0123456789abcdef","expiresAt":null}],"enabled":true,"disabledBy":null,"failingSince":null,"concurrency":1,"rateLimit":5,"description":"","metadata":{},"createdAt":NOW,"version":1}');
insert into subscriptions values (1, 'invoice.*', 1), (1, '**', 2), (2, '**', 3);
insert into users values (1, 'u1', '{"name":"Ann"}');
insert into events(id, account, external_id, topic, body, user, published_at, is_targeted, first_delivery, delivery_count) values
  (1, 1, 'evt_delivered', 'invoice.paid', '{"topic":"invoice.paid","created":"2026-01-01T00:00:00.000Z","data":{"amount":1},"meta":null,"id":"evt_delivered"}', null, NOW, 0, 1, 2),
  (2, 1, 'order-7', 'invoice.paid', '{"topic":"invoice.paid","created":"2026-01-01T00:00:00.000Z","data":{"amount":2},"meta":null,"id":"order-7"}', '{"name":"Ann"}', NOW, 0, 3, 1),
  (3, 1, 'evt_hot', 'invoice.paid', '{"topic":"invoice.paid","created":"2026-01-01T00:00:00.000Z","data":{"amount":3},"meta":null,"id":"evt_hot"}', '{"name":"Ann"}', NOW, 0, 4, 1),
  (4, 2, 'evt_shut', 'a.b', '{"topic":"a.b","created":"2026-01-01T00:00:00.000Z","data":null,"meta":null,"id":"evt_shut"}', null, NOW, 0, 5, 1);
insert into idempotency_keys values (1, 'order-7', 2);
-- Delivered at once; dead; waiting for its retry; in memory alone when the process died; paused.
insert into deliveries values
  (1, 1, 1, 4, 1, NOW, 200, 12, null),
  (2, 1, 2, 5, 1, NOW, 410, 9, 'answered 410, the webhook is gone for good'),
  (3, 2, 1, 3, 1, NOW, 503, 15, 'answered 503, the receiver''s own failure'),
  (4, 3, 1, 2, 0, NOW, 1000, 1000, null),
  (5, 4, 3, 3, 0, NOW, 1000, 1000, null);
insert into attempts values
  (2, 1, NOW, 410, 9, 'answered 410, the webhook is gone for good', 'gone'),
  (3, 1, NOW, 503, 15, 'answered 503, the receiver''s own failure', 'busy');
insert into pauses values ('webhook', 'wbh_shut', 'disabled', 9007199254740991);
pragma user_version = 1;
