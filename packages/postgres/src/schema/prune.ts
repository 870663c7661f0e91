import { NEVER_ENDS, PLANNER_SETTINGS } from "./tables.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Deletes events beyond the retention limits that have no pending delivery, with their deliveries: up to `p_limit` of the
 * next 5,000 events from `p_from_event` on. Returns how many it deleted, where to continue, and whether that was all.
 */
export const PRUNE = (schema: string): string => `
-- For deleted webhooks. Deleting a webhook has already subtracted from the counters what was pending then.
create function delete_pending(p_ids bigint[]) returns void language sql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
  with deleted as (delete from pending_deliveries where id = any(p_ids) returning webhook, account),
  deleted_counts as (select webhook, account, count(*) as number from deleted group by webhook, account),
  updated as (
    update deleted_webhooks w set uncounted_deliveries = w.uncounted_deliveries - least(d.number, w.uncounted_deliveries)
    from deleted_counts d where w.webhook = d.webhook)
  insert into pending_counters(account, delta) select d.account, least(d.number, coalesce(w.uncounted_deliveries, 0)) - d.number
    from deleted_counts d left join deleted_webhooks w on w.webhook = d.webhook where d.number > coalesce(w.uncounted_deliveries, 0);
  delete from attempts where delivery = any(p_ids);
$$;

create function prune_events(p_now bigint, p_max_age_ms bigint, p_max_bytes double precision, p_limit int, p_from_event bigint)
returns table(pruned int, next double precision, done boolean) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_bytes bigint;
  v_freed_bytes bigint := 0;
  v_event record;
  v_event_ids bigint[] := '{}';
  v_delivery_ids bigint[] := '{}';
  v_scanned int := 0;
  v_last bigint := p_from_event - 1;
  v_after bigint := p_from_event - 1;
  v_end bigint;
  v_is_clean boolean := true;
  v_webhook record;
  v_pending_ids bigint[];
begin
  if not pg_try_advisory_xact_lock(hashtext('${schema}.prune')) then
    return query select 0, p_from_event::double precision, true;
    return;
  end if;
  -- Deliveries of deleted webhooks. Transactions that began before the deletion may add more, hence the repeated checks.
  for v_webhook in select * from deleted_webhooks w where w.next_check_at <= p_now order by w.next_check_at limit 100 loop
    v_is_clean := false;
    v_pending_ids := array(
      select id from pending_deliveries where webhook = v_webhook.webhook and owner is null limit p_limit for update skip locked);
    perform delete_pending(v_pending_ids);
    exit when cardinality(v_pending_ids) = p_limit;
    if v_webhook.deleted_at < p_now - ${DAY_MS} then delete from deleted_webhooks where webhook = v_webhook.webhook;
    else update deleted_webhooks w set next_check_at = p_now + greatest(${MINUTE_MS}, p_now - w.deleted_at) where w.webhook = v_webhook.webhook;
    end if;
  end loop;

  with deleted as (delete from storage_counters returning delta_bytes)
    insert into storage_counters select sum(delta_bytes) from deleted having count(*) > 0;
  with deleted as (delete from pending_counters returning *)
    insert into pending_counters select account, sum(delta) from deleted group by account having sum(delta) <> 0;
  select coalesce(sum(delta_bytes), 0) into v_bytes from storage_counters;
  -- Ids follow publishing times among the store's own events, and within each imported file.
  for v_end in select event_id_offset + last_event_id from imports where event_id_offset + last_event_id >= p_from_event
      union all select ${NEVER_ENDS} order by 1 loop
    for v_event in select e.id, e.published_at, e.account, e.external_id, e.deliveries, octet_length(e.body) as size from events e
      where e.id > v_after and e.id <= v_end order by e.id limit 5000 - v_scanned loop
      exit when v_event.published_at >= p_now - p_max_age_ms and v_bytes - v_freed_bytes <= p_max_bytes;
      v_scanned := v_scanned + 1;
      v_last := v_event.id;
      continue when exists (
        select from pending_deliveries d join webhooks w on w.id = d.webhook where d.id = any(v_event.deliveries));
      v_event_ids := v_event_ids || v_event.id;
      v_delivery_ids := v_delivery_ids || v_event.deliveries;
      v_freed_bytes := v_freed_bytes + 200 + v_event.size + 150 * cardinality(v_event.deliveries);
      delete from idempotency_keys
        where account = v_event.account and idempotency_key = v_event.external_id and event = v_event.id;
      exit when cardinality(v_event_ids) = p_limit;
    end loop;
    exit when v_scanned = 5000 or cardinality(v_event_ids) = p_limit;
    v_after := v_end;
  end loop;
  perform delete_pending(v_delivery_ids);
  delete from delivery_log where id = any(v_delivery_ids);
  delete from events where id = any(v_event_ids);
  if v_freed_bytes > 0 then insert into storage_counters(delta_bytes) values (-v_freed_bytes); end if;
  return query select cardinality(v_event_ids), (v_last + 1)::double precision,
    v_is_clean and v_scanned < 5000 and cardinality(v_event_ids) < p_limit;
end $$;
`;
