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
create function bury(p_now bigint) returns void language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_dead int;
begin
  for v_dead in select id from workers where alive_until < p_now limit 10 for update skip locked loop
    -- Should that take more than this step, it does not come back in between.
    update workers set alive_until = 0 where id = v_dead and alive_until <> 0;
    with freed as (
      update owed set holder = null where id = any(array(select id from owed where holder = v_dead limit 5000 for update skip locked))
      returning webhook, due)
    -- Of what it had, or was given late, the webhook may be another's by now.
    insert into wakes(worker, webhook, due) select l.holder, l.webhook, min(f.due) from freed f join lanes l on l.webhook = f.webhook
      where l.holder is distinct from v_dead group by l.holder, l.webhook;
    continue when exists (select from owed where holder = v_dead);
    update lanes set holder = null, wake_at = 0 where holder = v_dead;
    delete from workers where id = v_dead;
  end loop;
end $$;

create function look(p_now bigint, p_worker int, p_lease bigint, p_idle boolean, p_most int)
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
  perform from workers where id = p_worker and alive_until > 0 for no key update;
  if not found then return; end if;
  update workers w set alive_until = p_now + p_lease, idle = p_idle
    where w.id = p_worker and (w.alive_until < p_now + p_lease * 2 / 3 or w.idle <> p_idle);
  perform bury(p_now);

  -- Who tells a worker of something may do so after that one was buried: whoever looks next hears of it.
  with recursive told(worker) as (
    select min(w.worker) from wakes w
    union all select (select min(w.worker) from wakes w where w.worker > t.worker) from told t where t.worker is not null),
  gone as (delete from wakes w where w.ctid = any(
      array(select ctid from wakes where worker is null limit ${MOST_NEWS} for update skip locked)
      || array(select ctid from wakes where worker = any(array(
        select t.worker from told t where t.worker is not null and not exists (select from workers k where k.id = t.worker)))
        limit ${MOST_NEWS} for update skip locked)
      || array(select ctid from wakes where worker = p_worker limit ${MOST_NEWS} for update skip locked)) returning w.webhook, w.due),
  -- A change is told of by itself, whatever else there is.
  news as (select g.webhook, min(g.due) as due from gone g group by g.webhook, g.due is null)
  select array_agg(n.webhook), array_agg(n.due), (select count(*) from gone) into v_webhooks, v_dues, v_told from news n;
  if v_told >= ${MOST_NEWS} then return query select ${MORE}, null::int, null::double precision; end if;
  if v_webhooks is not null then
    return query select case when n.due is null then ${CHANGED} else ${DUE} end, n.webhook, n.due::double precision
      from unnest(v_webhooks, v_dues) n(webhook, due) left join lanes l on l.webhook = n.webhook
      -- One that was removed is a change as well.
      where l.holder = p_worker or l.webhook is null and n.due is null;
    select array_agg(l.webhook) into v_locked from (
      select l.webhook from lanes l where l.webhook = any(v_webhooks) and l.holder is null for update skip locked) l;
    update lanes l set wake_at = least(l.wake_at, n.due) from unnest(v_webhooks, v_dues) n(webhook, due)
      where l.webhook = n.webhook and l.webhook = any(v_locked) and n.due is not null;
    -- What somebody else has by now, or is about to have, is for that one to know.
    insert into wakes(worker, webhook, due) select l.holder, l.webhook, n.due
      from unnest(v_webhooks, v_dues) n(webhook, due) join lanes l on l.webhook = n.webhook
      where l.holder is distinct from p_worker and l.webhook <> all(coalesce(v_locked, '{}'));
  end if;

  return query with taken as (
    update lanes l set holder = p_worker, wake_at = null where l.webhook = any(array(
      select webhook from lanes where holder is null and wake_at <= p_now order by wake_at limit p_most for update skip locked))
    returning l.webhook)
  select ${TAKEN}, t.webhook, null::double precision from taken t;
  return query select ${NEXT_FREE}, null::int, (select min(wake_at) from lanes where holder is null and wake_at is not null)::double precision
    union all select ${IDLE_OTHERS}, null, (select count(*) from workers where idle and id <> p_worker and alive_until >= p_now)::double precision;
end $$;

-- Gives webhooks back, with what is in memory of them: whoever has time for them takes them.
create function release(p_now bigint, p_worker int, p_webhooks int[]) returns void language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
begin
  perform from workers where id = p_worker and alive_until > 0 for no key update;
  if not found then return; end if;
  update owed set holder = null where holder = p_worker and webhook = any(p_webhooks);
  update lanes l set holder = null, wake_at = (
    select q.due from owed q where q.webhook = l.webhook and q.holder is null order by q.due, q.id limit 1)
  where l.webhook = any(p_webhooks) and l.holder is not distinct from p_worker;
end $$;

-- A worker that was not answered goes on by another number: what it asked for by one of those it had does nothing any
-- more, whenever the server comes to it. It keeps what it knows of, and hears which webhooks it has; nothing of one that
-- was buried.
create function succeed(p_now bigint, p_lease bigint, p_workers int[], p_next int, p_known bigint[]) returns setof int language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_worker int;
begin
  select id into v_worker from workers where id = any(p_workers) and alive_until > 0 for no key update;
  if not found then return; end if;
  insert into workers(id, alive_until) values (p_next, p_now + p_lease);
  update workers set alive_until = 0 where id = v_worker;
  update owed set holder = p_next where holder = v_worker and id = any(p_known);
  update owed set holder = null where holder = v_worker;
  return query update lanes set holder = p_next where holder = v_worker returning webhook;
  -- It is there even without any.
  return query select 0;
end $$;

create function leave(p_worker int) returns void language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
begin
  update workers set alive_until = 0 where id = p_worker;
  perform bury(1);
end $$;
`;
