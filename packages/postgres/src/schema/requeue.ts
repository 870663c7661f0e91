import { LOCAL_ID_BASE } from "./imports.ts";
import { PLANNER_SETTINGS } from "./tables.ts";

/** Makes completed deliveries pending again. The log has the only attempt of a delivery that succeeded at once: it becomes a row. */
export const REQUEUE = (schema: string): string => `
create function requeue_deliveries(p_now bigint, p_ids bigint[]) returns int language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_count int;
begin
  with deleted as (delete from delivery_log where id = any(p_ids) returning *),
  attempts_added as (
    insert into attempts(delivery, number, ended_at, response_status, duration_ms)
    select id, 1, completed_at, response_status, duration_ms from deleted where not is_dead and attempt_count = 1
    on conflict do nothing),
  requeued as (
    insert into pending_deliveries(id, webhook, account, event, due_at, enqueued_at, attempt_count, attempts_before_requeue,
      response_status, reason)
    select id, webhook, account, event, p_now, p_now, attempt_count, attempt_count, response_status,
      (select a.reason from attempts a where a.delivery = id order by a.number desc limit 1) from deleted),
  counted as (insert into pending_counters(account, delta) select account, count(*) from deleted group by account),
  notified as (
    insert into notifications(process, webhook, due_at)
    select l.owner, l.webhook, p_now from webhook_leases l where l.webhook in (select webhook from deleted))
  select count(*) into v_count from deleted;
  return v_count;
end $$;
`;

/**
 * Requeues the dead deliveries of a webhook, of events since a time: up to `p_limit`, and no more than the account may have
 * pending. Returns the webhook, the account's capacity before, how many were requeued, and the first event since that time.
 */
export const RECOVER = (schema: string): string => `
create function first_event_since(p_at bigint) returns bigint language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_range record;
  v_low bigint;
  v_high bigint;
  v_middle bigint;
  v_published_at bigint;
begin
  -- Ids follow publishing times among the store's own events, and within each imported file.
  for v_range in select event_id_offset + 1 as first, event_id_offset + last_event_id as last from imports where last_event_id > 0
    union all select ${LOCAL_ID_BASE + 1}, greatest(${LOCAL_ID_BASE}, (select max(id) from events)) order by 1 loop
    v_low := v_range.first;
    v_high := v_range.last + 1;
    while v_low < v_high loop
      v_middle := (v_low + v_high) / 2;
      select published_at into v_published_at from events where id >= v_middle and id <= v_range.last order by id limit 1;
      if v_published_at is null or v_published_at >= p_at then v_high := v_middle; else v_low := v_middle + 1; end if;
    end loop;
    exit when v_low <= v_range.last;
  end loop;
  return v_low;
end $$;

create function requeue_dead(p_now bigint, p_webhook text, p_since bigint, p_limit int, p_max_pending bigint)
returns table(webhook int, account int, record text, capacity double precision, requeued int, since double precision) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
#variable_conflict use_column
declare
  v_webhook webhooks;
  v_since bigint;
  v_capacity bigint;
  v_requeued int;
begin
  -- The lock serializes recoveries of a webhook: two at once could add a missed delivery twice.
  select * into v_webhook from webhooks w where w.external_id = p_webhook for no key update;
  if not found then return; end if;
  v_since := first_event_since(p_now - p_since);
  v_capacity := greatest(0, p_max_pending - coalesce((select sum(c.delta) from pending_counters c where c.account = v_webhook.account), 0));
  v_requeued := requeue_deliveries(p_now, array(
    select d.id from delivery_log d where d.webhook = v_webhook.id and d.is_dead and d.event >= v_since
      -- The publishing times of two imported files may overlap.
      and exists (select from events e where e.id = d.event and e.published_at >= p_now - p_since)
    order by d.event, d.id limit least(p_limit, v_capacity)));
  return query select v_webhook.id, v_webhook.account, v_webhook.record, v_capacity::double precision, v_requeued, v_since::double precision;
end $$;

create function enqueue_missed(p_now bigint, p_webhook int, p_events bigint[], p_limit int)
returns table(added int, next double precision) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_account int;
  v_event bigint;
  v_deliveries bigint[];
  v_id bigint;
  v_next double precision;
  v_added int := 0;
begin
  select w.account into v_account from webhooks w where w.id = p_webhook for no key update;
  if not found then return query select 0, null::double precision; return; end if;
  foreach v_event in array p_events loop
    select e.deliveries into v_deliveries from events e where e.id = v_event for update;
    continue when not found
      or exists (select from pending_deliveries d where d.id = any(v_deliveries) and d.webhook = p_webhook)
      or exists (select from delivery_log d where d.id = any(v_deliveries) and d.webhook = p_webhook);
    if v_added = p_limit then
      v_next := v_event;
      exit;
    end if;
    v_id := nextval('delivery_ids');
    insert into pending_deliveries(id, webhook, account, event, due_at, enqueued_at, attempt_count, attempts_before_requeue)
      values (v_id, p_webhook, v_account, v_event, p_now, p_now, 0, 0);
    insert into pending_counters(account, delta) values (v_account, 1);
    update events e set deliveries = e.deliveries || v_id where e.id = v_event;
    v_added := v_added + 1;
  end loop;
  if v_added > 0 then
    insert into storage_counters(delta_bytes) values (150 * v_added);
    insert into notifications(process, webhook, due_at)
      select l.owner, l.webhook, p_now from webhook_leases l where l.webhook = p_webhook;
  end if;
  return query select v_added, v_next;
end $$;
`;
