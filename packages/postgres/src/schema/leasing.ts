import { PLANNER_SETTINGS } from "./tables.ts";

/** What \`look\` tells of: a webhook that the worker has now, one that was changed, one of which something is due. */
export const TAKEN = 0;
export const CHANGED = 1;
export const DUE = 2;
/** When the next is due of the webhooks that nobody has; how many other workers could do more. */
export const NEXT_FREE = 3;
export const IDLE_OTHERS = 4;
/** There is more news than one look takes in. */
export const MORE = 5;
const MOST_NEWS = 1000;

/**
 * A worker says that it is there, takes webhooks that nobody has and that have something due, up to so many, and hears what
 * is new of its own. Nothing at all comes of one that was buried.
 */
export const LEASE_FUNCTIONS = (schema: string): string => `
create function reap_expired_processes(p_now bigint) returns void language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_dead int;
begin
  for v_dead in select id from processes where lease_until < p_now limit 10 for update skip locked loop
    -- Should that take more than this step, it does not come back in between.
    update processes set lease_until = 0 where id = v_dead and lease_until <> 0;
    with freed as (
      update pending_deliveries set owner = null where id = any(array(select id from pending_deliveries where owner = v_dead limit 5000 for update skip locked))
      returning webhook, due_at as due)
    -- Of what it had, or was given late, the webhook may be another's by now.
    insert into notifications(process, webhook, due_at) select l.owner, l.webhook, min(f.due) from freed f join webhook_leases l on l.webhook = f.webhook
      where l.owner is distinct from v_dead group by l.owner, l.webhook;
    continue when exists (select from pending_deliveries where owner = v_dead);
    update webhook_leases set owner = null, next_due_at = 0 where owner = v_dead;
    delete from processes where id = v_dead;
  end loop;
end $$;

create function poll(p_now bigint, p_worker int, p_lease bigint, p_idle boolean, p_most int)
returns table(kind int, webhook int, due double precision) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
#variable_conflict use_column
declare
  v_webhooks int[];
  v_dues bigint[];
  v_locked int[];
  v_told bigint;
begin
  perform set_config('synchronous_commit', 'off', true);
  perform from processes where id = p_worker and lease_until > 0 for no key update;
  if not found then return; end if;
  update processes w set lease_until = p_now + p_lease, has_capacity = p_idle
    where w.id = p_worker and (w.lease_until < p_now + p_lease * 2 / 3 or w.has_capacity <> p_idle);
  perform reap_expired_processes(p_now);

  -- Who tells a worker of something may do so after that one was buried: whoever looks next hears of it.
  with recursive told(worker) as (
    select min(w.process) from notifications w
    union all select (select min(w.process) from notifications w where w.process > t.worker) from told t where t.worker is not null),
  gone as (delete from notifications w where w.ctid = any(
      array(select ctid from notifications where process is null limit ${MOST_NEWS} for update skip locked)
      || array(select ctid from notifications where process = any(array(
        select t.worker from told t where t.worker is not null and not exists (select from processes k where k.id = t.worker)))
        limit ${MOST_NEWS} for update skip locked)
      || array(select ctid from notifications where process = p_worker limit ${MOST_NEWS} for update skip locked)) returning w.webhook, w.due_at as due),
  -- A change is told of by itself, whatever else there is.
  news as (select g.webhook, min(g.due) as due from gone g group by g.webhook, g.due is null)
  select array_agg(n.webhook), array_agg(n.due), (select count(*) from gone) into v_webhooks, v_dues, v_told from news n;
  if v_told >= ${MOST_NEWS} then return query select ${MORE}, null::int, null::double precision; end if;
  if v_webhooks is not null then
    return query select case when n.due is null then ${CHANGED} else ${DUE} end, n.webhook, n.due::double precision
      from unnest(v_webhooks, v_dues) n(webhook, due) left join webhook_leases l on l.webhook = n.webhook
      -- One that was removed is a change as well.
      where l.owner = p_worker or l.webhook is null and n.due is null;
    select array_agg(l.webhook) into v_locked from (
      select l.webhook from webhook_leases l where l.webhook = any(v_webhooks) and l.owner is null for update skip locked) l;
    update webhook_leases l set next_due_at = least(l.next_due_at, n.due) from unnest(v_webhooks, v_dues) n(webhook, due)
      where l.webhook = n.webhook and l.webhook = any(v_locked) and n.due is not null;
    -- What somebody else has by now, or is about to have, is for that one to know.
    insert into notifications(process, webhook, due_at) select l.owner, l.webhook, n.due
      from unnest(v_webhooks, v_dues) n(webhook, due) join webhook_leases l on l.webhook = n.webhook
      where l.owner is distinct from p_worker and l.webhook <> all(coalesce(v_locked, '{}'));
  end if;

  return query with taken as (
    update webhook_leases l set owner = p_worker, next_due_at = null where l.webhook = any(array(
      select webhook from webhook_leases where owner is null and next_due_at <= p_now order by next_due_at limit p_most for update skip locked))
    returning l.webhook)
  select ${TAKEN}, t.webhook, null::double precision from taken t;
  return query select ${NEXT_FREE}, null::int, (select min(next_due_at) from webhook_leases where owner is null and next_due_at is not null)::double precision
    union all select ${IDLE_OTHERS}, null, (select count(*) from processes where has_capacity and id <> p_worker and lease_until >= p_now)::double precision;
end $$;

-- Gives webhooks back, with what is in memory of them: whoever has time for them takes them.
create function release_webhooks(p_now bigint, p_worker int, p_webhooks int[]) returns void language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
begin
  perform from processes where id = p_worker and lease_until > 0 for no key update;
  if not found then return; end if;
  update pending_deliveries set owner = null where owner = p_worker and webhook = any(p_webhooks);
  update webhook_leases l set owner = null, next_due_at = (
    select q.due_at from pending_deliveries q where q.webhook = l.webhook and q.owner is null order by q.due_at, q.id limit 1)
  where l.webhook = any(p_webhooks) and l.owner is not distinct from p_worker;
end $$;

-- A worker that was not answered goes on by another number: what it asked for by one of those it had does nothing any
-- more, whenever the server comes to it. It keeps what it knows of, and hears which webhooks it has; nothing of one that
-- was buried.
create function renew_epoch(p_now bigint, p_lease bigint, p_workers int[], p_next int, p_known bigint[]) returns setof int language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_worker int;
begin
  select id into v_worker from processes where id = any(p_workers) and lease_until > 0 for no key update;
  if not found then return; end if;
  insert into processes(id, lease_until) values (p_next, p_now + p_lease);
  update processes set lease_until = 0 where id = v_worker;
  update pending_deliveries set owner = p_next where owner = v_worker and id = any(p_known);
  update pending_deliveries set owner = null where owner = v_worker;
  return query update webhook_leases set owner = p_next where owner = v_worker returning webhook;
  -- It is there even without any.
  return query select 0;
end $$;

create function deregister(p_worker int) returns void language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
begin
  update processes set lease_until = 0 where id = p_worker;
  perform reap_expired_processes(1);
end $$;
`;
