import { PLANNER_SETTINGS } from "./tables.ts";

/**
 * Leases due deliveries of a process's webhooks to it, the oldest first, up to `p_limit_per_webhook` of each webhook. Returns
 * their ids, and for each webhook the due time and id of the next delivery that is only stored (null for none). Their
 * contents are read afterwards, without a lock: a process that stops while it reads must not block others.
 */
export const LOAD = (schema: string): string => `
create function lease_due_deliveries(p_now bigint, p_process int, p_webhooks int[], p_limit_per_webhook int)
returns table(ids double precision[], next_due_times double precision[], next_delivery_ids double precision[]) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_owned int[];
  v_ids double precision[];
  v_next_due_times double precision[];
  v_next_delivery_ids double precision[];
begin
  -- If a crash of the server loses this, the deliveries are merely unowned again.
  perform set_config('synchronous_commit', 'off', true);
  perform from processes where id = p_process and lease_until > 0 for key share;
  if not found then return; end if;
  v_owned := array(select w from unnest(p_webhooks) w where (select l.owner from webhook_leases l where l.webhook = w) = p_process);
  with picked as materialized (
    select q.id from unnest(v_owned) w(webhook) cross join lateral (
      select d.id from pending_deliveries d where d.webhook = w.webhook and d.owner is null and d.due_at <= p_now
      order by d.due_at, d.id limit p_limit_per_webhook for update skip locked) q),
  leased as (update pending_deliveries d set owner = p_process where d.id = any(array(select id from picked)) returning d.id)
  select array_agg(id) into v_ids from leased;
  update webhook_leases l set spilled = false where l.webhook = any(v_owned) and l.spilled
    and not exists (select from pending_deliveries d where d.webhook = l.webhook and d.owner is null and d.due_at <= p_now);
  select array_agg(q.due_at order by nth), array_agg(q.id order by nth) into v_next_due_times, v_next_delivery_ids
    from unnest(p_webhooks) with ordinality w(webhook, nth) left join lateral (
      select d.due_at, d.id from pending_deliveries d where d.webhook = w.webhook and d.owner is null
      order by d.due_at, d.id limit 1) q on true;
  return query select v_ids, v_next_due_times, v_next_delivery_ids;
end $$;
`;
