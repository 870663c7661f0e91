import { OWN } from "./imports.ts";
import { BY_INDEX, FOREVER } from "./tables.ts";

const A_MINUTE = 60_000;
const A_DAY = 86_400_000;

/**
 * Has deliveries die that wait and have been due for longer: those of up to a hundred webhooks after one, so many at the
 * most. Says as well which webhook to go on after, whether that was all, and what waits of those of which any died: whoever
 * has one in memory believes in something that is due no more.
 */
export const EXPIRE = (schema: string): string => `
create function expire(p_now bigint, p_older bigint, p_max int, p_after int)
returns table(id double precision, webhook text, account text, topic text, attempts int, after int, done boolean, touched int[],
  nexts double precision[]) language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
#variable_conflict use_column
declare
  v_before bigint := p_now - p_older;
  v_after int := p_after;
  v_next int;
  v_seen int := 0;
  v_left int := p_max;
  v_gone bigint[];
  v_ids bigint[] := '{}';
  v_touched int[] := '{}';
begin
  while v_left > 0 and v_seen < 100 loop
    select min(q.webhook) into v_next from owed q where q.holder is null and q.webhook > v_after;
    exit when v_next is null;
    v_seen := v_seen + 1;
    -- What was owed to one that was removed goes otherwise.
    if not exists (select from lanes l where l.webhook = v_next) then
      v_after := v_next;
      continue;
    end if;
    with gone as (delete from owed q where q.id = any(array(
        select q.id from owed q where q.webhook = v_next and q.holder is null and q.due <= v_before order by q.due, q.id
        limit v_left for update skip locked)) returning q.*),
    dead as (
      insert into settled(id, webhook, account, event, dead, attempts, status, ms, at, reason)
      select id, webhook, account, event, true, attempts, status, null, p_now, 'expired' from gone),
    counted as (insert into tallies(account, pending) select account, -count(*) from gone group by account)
    select array_agg(id) into v_gone from gone;
    v_ids := v_ids || v_gone;
    if v_gone is not null then v_touched := v_touched || v_next; end if;
    v_left := v_left - coalesce(cardinality(v_gone), 0);
    -- There may be more of this one.
    if v_left > 0 then v_after := v_next; end if;
  end loop;
  return query select s.id::double precision, w.key, a.key, e.topic, s.attempts, v_after, v_next is null, null::int[], null::double precision[]
    from unnest(v_ids) t(id) join settled s on s.id = t.id join webhooks w on w.id = s.webhook
    join accounts a on a.id = w.account join events e on e.id = s.event
    union all select null, null, null, null, null, v_after, v_next is null, v_touched, array(select (
      select q.due from owed q where q.webhook = t.webhook and q.holder is null order by q.due, q.id limit 1)::double precision
      from unnest(v_touched) with ordinality t(webhook, nth) order by nth);
end $$;
`;

/**
 * Takes away events that are kept no longer and of which nothing is pending, with their deliveries: from one on, of up to
 * five thousand, and so many of them at the most. Says how many, which comes next, and whether that was all.
 */
export const PRUNE = (schema: string): string => `
-- Of webhooks that were removed. What was pending by then was counted out by who removed them.
create function drop_owed(p_ids bigint[]) returns void language sql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
  with gone as (delete from owed where id = any(p_ids) returning webhook, account),
  dropped as (select webhook, account, count(*) as number from gone group by webhook, account),
  known as (update removed r set counted = r.counted - least(d.number, r.counted) from dropped d where r.webhook = d.webhook)
  insert into tallies(account, pending) select d.account, least(d.number, coalesce(r.counted, 0)) - d.number
    from dropped d left join removed r on r.webhook = d.webhook where d.number > coalesce(r.counted, 0);
  delete from attempts where delivery = any(p_ids);
$$;

create function prune(p_now bigint, p_older bigint, p_bytes double precision, p_max int, p_from bigint)
returns table(pruned int, next double precision, done boolean) language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
declare
  v_bytes bigint;
  v_given bigint := 0;
  v_event record;
  v_taken bigint[] := '{}';
  v_ids bigint[] := '{}';
  v_seen int := 0;
  v_last bigint := p_from - 1;
  v_after bigint := p_from - 1;
  v_end bigint;
  v_clean boolean := true;
  v_removed record;
  v_gone bigint[];
begin
  if not pg_try_advisory_xact_lock(hashtext('${schema}.prune')) then
    return query select 0, p_from::double precision, true;
    return;
  end if;
  -- What was owed to webhooks that are no more. Transactions may bring more that were begun before: they are looked at again.
  for v_removed in select * from removed where removed.next <= p_now order by removed.next limit 100 loop
    v_clean := false;
    v_gone := array(
      select id from owed where webhook = v_removed.webhook and holder is null limit p_max for update skip locked);
    perform drop_owed(v_gone);
    exit when cardinality(v_gone) = p_max;
    if v_removed.at < p_now - ${A_DAY} then delete from removed where webhook = v_removed.webhook;
    else update removed r set next = p_now + greatest(${A_MINUTE}, p_now - r.at) where r.webhook = v_removed.webhook;
    end if;
  end loop;

  with gone as (delete from volumes returning bytes) insert into volumes select sum(bytes) from gone having count(*) > 0;
  with gone as (delete from tallies returning *)
    insert into tallies select account, sum(pending) from gone group by account having sum(pending) <> 0;
  select coalesce(sum(bytes), 0) into v_bytes from volumes;
  -- Events lie in the order of their times, among the store's own and within each file that was moved in.
  for v_end in select event_base + event_last from imports where event_base + event_last >= p_from union all select ${FOREVER} order by 1 loop
    for v_event in select e.id, e.at, e.account, e.key, e.deliveries, octet_length(e.body) as size from events e
      where e.id > v_after and e.id <= v_end order by e.id limit 5000 - v_seen loop
      exit when v_event.at >= p_now - p_older and v_bytes - v_given <= p_bytes;
      v_seen := v_seen + 1;
      v_last := v_event.id;
      continue when exists (select from owed q join webhooks w on w.id = q.webhook where q.id = any(v_event.deliveries));
      v_taken := v_taken || v_event.id;
      v_ids := v_ids || v_event.deliveries;
      v_given := v_given + 200 + v_event.size + 150 * cardinality(v_event.deliveries);
      delete from event_keys where account = v_event.account and key = v_event.key and event = v_event.id;
      exit when cardinality(v_taken) = p_max;
    end loop;
    exit when v_seen = 5000 or cardinality(v_taken) = p_max;
    v_after := v_end;
  end loop;
  perform drop_owed(v_ids);
  delete from settled where id = any(v_ids);
  delete from events where id = any(v_taken);
  if v_given > 0 then insert into volumes(bytes) values (-v_given); end if;
  return query select cardinality(v_taken), (v_last + 1)::double precision,
    v_clean and v_seen < 5000 and cardinality(v_taken) < p_max;
end $$;
`;

/** Makes settled deliveries pending, as if they were new; the attempts of those who succeeded at once come into the list. */
export const REVIVE = (schema: string): string => `
create function revive(p_now bigint, p_ids bigint[]) returns int language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
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
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
declare
  v_part record;
  v_low bigint;
  v_high bigint;
  v_middle bigint;
  v_found bigint;
begin
  -- Events lie in the order of their times, among the store's own and within each file that was moved in.
  for v_part in select event_base + 1 as first, event_base + event_last as last from imports where event_last > 0
    union all select ${OWN + 1}, greatest(${OWN}, (select max(id) from events)) order by 1 loop
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
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
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
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
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
    insert into wakes(worker, webhook, due) select l.holder, l.webhook, p_now from lanes l where l.webhook = p_webhook;
  end if;
  return query select v_added, v_next;
end $$;
`;
