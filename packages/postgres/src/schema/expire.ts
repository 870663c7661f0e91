import { PLANNER_SETTINGS } from "./tables.ts";

/**
 * Marks stored deliveries as dead that have been due for too long: up to `p_limit`, of up to a hundred webhooks after
 * `p_after_webhook`. The last row, without an id, says where to continue, whether all webhooks were scanned, and the next due
 * time of each affected webhook: its owner may have an expired delivery as the next one.
 */
export const EXPIRE = (schema: string): string => `
create function expire_deliveries(p_now bigint, p_max_age_ms bigint, p_limit int, p_after_webhook int)
returns table(id double precision, webhook text, account text, topic text, attempt_count int, next_webhook int, done boolean,
  affected_webhooks int[], next_due_times double precision[]) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
#variable_conflict use_column
declare
  v_before bigint := p_now - p_max_age_ms;
  v_after int := p_after_webhook;
  v_next int;
  v_scanned int := 0;
  v_remaining int := p_limit;
  v_deleted bigint[];
  v_ids bigint[] := '{}';
  v_affected int[] := '{}';
begin
  while v_remaining > 0 and v_scanned < 100 loop
    select min(d.webhook) into v_next from pending_deliveries d where d.owner is null and d.webhook > v_after;
    exit when v_next is null;
    v_scanned := v_scanned + 1;
    -- Pruning deletes the deliveries of deleted webhooks.
    if not exists (select from webhook_leases l where l.webhook = v_next) then
      v_after := v_next;
      continue;
    end if;
    with deleted as (delete from pending_deliveries d where d.id = any(array(
        select d.id from pending_deliveries d where d.webhook = v_next and d.owner is null and d.due_at <= v_before
        order by d.due_at, d.id limit v_remaining for update skip locked)) returning d.*),
    logged as (
      insert into delivery_log(id, webhook, account, event, is_dead, attempt_count, response_status, duration_ms, completed_at, reason)
      select id, webhook, account, event, true, attempt_count, response_status, null, p_now, 'expired' from deleted),
    counted as (insert into pending_counters(account, delta) select account, -count(*) from deleted group by account)
    select array_agg(id) into v_deleted from deleted;
    v_ids := v_ids || v_deleted;
    if v_deleted is not null then v_affected := v_affected || v_next; end if;
    v_remaining := v_remaining - coalesce(cardinality(v_deleted), 0);
    -- At the limit this webhook may have more.
    if v_remaining > 0 then v_after := v_next; end if;
  end loop;
  return query select l.id::double precision, w.external_id, a.external_id, e.topic, l.attempt_count, v_after, v_next is null,
      null::int[], null::double precision[]
    from unnest(v_ids) i(id) join delivery_log l on l.id = i.id join webhooks w on w.id = l.webhook
    join accounts a on a.id = w.account join events e on e.id = l.event
    union all select null, null, null, null, null, v_after, v_next is null, v_affected, array(select (
      select d.due_at from pending_deliveries d where d.webhook = t.webhook and d.owner is null
      order by d.due_at, d.id limit 1)::double precision
      from unnest(v_affected) with ordinality t(webhook, nth) order by nth);
end $$;
`;
