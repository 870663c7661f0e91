import { PLANNER_SETTINGS } from "./tables.ts";

/**
 * Marks what is due of a worker's webhooks as held by it, the oldest of each: so many of each at the most. Beside their
 * numbers it says of each webhook when the next is due that was left, and its number, null for none. What they are is read without a lock:
 * a process that is stopped while it reads must keep nobody waiting.
 */
export const LOAD = (schema: string): string => `
create function load(p_now bigint, p_worker int, p_webhooks int[], p_each int)
returns table(ids double precision[], nexts double precision[], next_ids double precision[]) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_own int[];
  v_ids double precision[];
  v_nexts double precision[];
  v_next_ids double precision[];
begin
  -- What is lost of this with a crash of the server waits again.
  perform set_config('synchronous_commit', 'off', true);
  perform from workers where id = p_worker and alive_until > 0 for key share;
  if not found then return; end if;
  v_own := array(select w from unnest(p_webhooks) w where (select l.holder from lanes l where l.webhook = w) = p_worker);
  with picked as materialized (
    select q.id from unnest(v_own) w(webhook) cross join lateral (
      select q.id from owed q where q.webhook = w.webhook and q.holder is null and q.due <= p_now order by q.due, q.id
      limit p_each for update skip locked) q),
  taken as (update owed o set holder = p_worker where o.id = any(array(select id from picked)) returning o.id)
  select array_agg(id) into v_ids from taken;
  update lanes l set spilled = false where l.webhook = any(v_own) and l.spilled
    and not exists (select from owed q where q.webhook = l.webhook and q.holder is null and q.due <= p_now);
  select array_agg(q.due order by nth), array_agg(q.id order by nth) into v_nexts, v_next_ids
    from unnest(p_webhooks) with ordinality w(webhook, nth) left join lateral (
      select q.due, q.id from owed q where q.webhook = w.webhook and q.holder is null order by q.due, q.id limit 1) q on true;
  return query select v_ids, v_nexts, v_next_ids;
end $$;
`;
