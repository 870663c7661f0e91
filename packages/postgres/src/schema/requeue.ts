import { LOCAL_ID_BASE } from "./imports.ts";
import { PLANNER_SETTINGS } from "./tables.ts";

/** Makes settled deliveries pending, as if they were new; the attempts of those who succeeded at once come into the list. */
export const REQUEUE = (schema: string): string => `
create function revive(p_now bigint, p_ids bigint[]) returns int language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_count int;
begin
  with gone as (delete from settled where id = any(p_ids) returning *),
  tried as (
    insert into attempts(delivery, n, at, status, ms) select id, 1, at, status, ms from gone where not dead and attempts = 1
    on conflict do nothing),
  back as (
    insert into owed(id, webhook, account, event, due, since, attempts, before, status, reason)
    select id, webhook, account, event, p_now, p_now, attempts, attempts, status,
      (select t.reason from attempts t where t.delivery = id order by t.n desc limit 1) from gone),
  counted as (insert into tallies(account, pending) select account, count(*) from gone group by account),
  woken as (
    insert into wakes(worker, webhook, due) select l.holder, l.webhook, p_now from lanes l where l.webhook in (select webhook from gone))
  select count(*) into v_count from gone;
  return v_count;
end $$;
`;

/**
 * Revives what is dead of a webhook, of events from a time on: so many at the most, and no more than its account may have
 * pending. Says which webhook it is, what room there was, how many were revived, and from which event on.
 */
export const RECOVER = (schema: string): string => `
create function first_event_since(p_at bigint) returns bigint language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_part record;
  v_low bigint;
  v_high bigint;
  v_middle bigint;
  v_found bigint;
begin
  -- Events lie in the order of their times, among the store's own and within each file that was moved in.
  for v_part in select event_base + 1 as first, event_base + event_last as last from imports where event_last > 0
    union all select ${LOCAL_ID_BASE + 1}, greatest(${LOCAL_ID_BASE}, (select max(id) from events)) order by 1 loop
    v_low := v_part.first;
    v_high := v_part.last + 1;
    while v_low < v_high loop
      v_middle := (v_low + v_high) / 2;
      select at into v_found from events where id >= v_middle and id <= v_part.last order by id limit 1;
      if v_found is null or v_found >= p_at then v_high := v_middle; else v_low := v_middle + 1; end if;
    end loop;
    exit when v_low <= v_part.last;
  end loop;
  return v_low;
end $$;

create function recover_dead(p_now bigint, p_webhook text, p_since bigint, p_max int, p_most bigint)
returns table(webhook int, account int, record text, room double precision, revived int, since double precision) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
#variable_conflict use_column
declare
  v_webhook webhooks;
  v_since bigint;
  v_room bigint;
  v_revived int;
begin
  -- One at a time, or what was missed might be put down twice.
  select * into v_webhook from webhooks w where w.key = p_webhook for no key update;
  if not found then return; end if;
  v_since := first_event_since(p_now - p_since);
  v_room := greatest(0, p_most - coalesce((select sum(t.pending) from tallies t where t.account = v_webhook.account), 0));
  v_revived := revive(p_now, array(
    select d.id from settled d where d.webhook = v_webhook.id and d.dead and d.event >= v_since
      -- Of files that were moved in, the one may begin before another ends.
      and exists (select from events e where e.id = d.event and e.at >= p_now - p_since)
    order by d.event, d.id limit least(p_max, v_room)));
  return query select v_webhook.id, v_webhook.account, v_webhook.record, v_room::double precision, v_revived, v_since::double precision;
end $$;

create function add_missed(p_now bigint, p_webhook int, p_events bigint[], p_max int) returns table(added int, next double precision) language plpgsql
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
      or exists (select from owed q where q.id = any(v_deliveries) and q.webhook = p_webhook)
      or exists (select from settled q where q.id = any(v_deliveries) and q.webhook = p_webhook);
    if v_added = p_max then
      v_next := v_event;
      exit;
    end if;
    v_id := nextval('delivery_ids');
    insert into owed(id, webhook, account, event, due, since, attempts, before) values (v_id, p_webhook, v_account, v_event, p_now, p_now, 0, 0);
    insert into tallies(account, pending) values (v_account, 1);
    update events e set deliveries = e.deliveries || v_id where e.id = v_event;
    v_added := v_added + 1;
  end loop;
  if v_added > 0 then
    insert into volumes(bytes) values (150 * v_added);
    insert into wakes(worker, webhook, due) select l.holder, l.webhook, p_now from lanes l where l.webhook = p_webhook;
  end if;
  return query select v_added, v_next;
end $$;
`;
