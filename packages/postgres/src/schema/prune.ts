import { PLANNER_SETTINGS, NEVER_ENDS } from "./tables.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Takes away events that are kept no longer and of which nothing is pending, with their deliveries: from one on, of up to
 * five thousand, and so many of them at the most. Says how many, which comes next, and whether that was all.
 */
export const PRUNE = (schema: string): string => `
-- Of webhooks that were removed. What was pending by then was counted out by who removed them.
create function drop_owed(p_ids bigint[]) returns void language sql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
  with gone as (delete from owed where id = any(p_ids) returning webhook, account),
  dropped as (select webhook, account, count(*) as number from gone group by webhook, account),
  known as (update removed r set counted = r.counted - least(d.number, r.counted) from dropped d where r.webhook = d.webhook)
  insert into tallies(account, pending) select d.account, least(d.number, coalesce(r.counted, 0)) - d.number
    from dropped d left join removed r on r.webhook = d.webhook where d.number > coalesce(r.counted, 0);
  delete from attempts where delivery = any(p_ids);
$$;

create function prune(p_now bigint, p_older bigint, p_bytes double precision, p_max int, p_from bigint)
returns table(pruned int, next double precision, done boolean) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
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
    if v_removed.at < p_now - ${DAY_MS} then delete from removed where webhook = v_removed.webhook;
    else update removed r set next = p_now + greatest(${MINUTE_MS}, p_now - r.at) where r.webhook = v_removed.webhook;
    end if;
  end loop;

  with gone as (delete from volumes returning bytes) insert into volumes select sum(bytes) from gone having count(*) > 0;
  with gone as (delete from tallies returning *)
    insert into tallies select account, sum(pending) from gone group by account having sum(pending) <> 0;
  select coalesce(sum(bytes), 0) into v_bytes from volumes;
  -- Events lie in the order of their times, among the store's own and within each file that was moved in.
  for v_end in select event_base + event_last from imports where event_base + event_last >= p_from union all select ${NEVER_ENDS} order by 1 loop
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
