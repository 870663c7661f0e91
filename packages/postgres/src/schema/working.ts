import { BY_INDEX } from "./tables.ts";

/** What follows from an attempt. */
export const DELIVERED = 0;
export const WAITS = 1;
export const DEAD = 2;

/**
 * Writes down what attempts came to, of deliveries that the worker still has: says which these are, by their places in the
 * lists, of which that of the ids is sorted, for the place of each is looked for by halves. `p_failed` is why an attempt failed, `p_reasons` why a delivery is dead.
 */
export const SETTLE = (schema: string): string => `
create function settle(
  p_now bigint, p_worker int, p_ids bigint[], p_states int[], p_dues bigint[], p_reasons text[],
  p_attempted boolean[], p_status int[], p_ms int[], p_failed text[], p_answers text[])
returns int[] language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
declare
  v_places int[];
  v_again int[];
begin
  -- By a list of ids, and not joined with one: once the table was found empty, the planner would rather walk all of it. And
  -- by no equality of the holder, which has an index too, of all that it has.
  with gone as (
    delete from owed o where o.id = any(p_ids) and o.holder is not distinct from p_worker and p_states[width_bucket(o.id, p_ids)] <> ${WAITS}
    returning o.*, width_bucket(o.id, p_ids) as place),
  done as (
    insert into settled(id, webhook, account, event, dead, attempts, status, ms, at, reason)
    select id, webhook, account, event, p_states[place] = ${DEAD}, attempts + p_attempted[place]::int,
      case when p_attempted[place] then p_status[place] else status end, p_ms[place], p_now,
      case when p_states[place] = ${DEAD} then p_reasons[place] when p_attempted[place] then p_failed[place] else reason end
    from gone),
  -- The only attempt of a delivery that succeeded at once is in its own row.
  tried as (
    insert into attempts(delivery, n, at, status, ms, reason, answer)
    select id, attempts + 1, p_now, p_status[place], p_ms[place], p_failed[place], p_answers[place]
    from gone where p_attempted[place] and (attempts > 0 or p_states[place] = ${DEAD})),
  counted as (insert into tallies(account, pending) select account, -count(*) from gone group by account)
  select array_agg(place) into v_places from gone;

  if ${WAITS} = any(p_states) then
    with again as (
      update owed o set holder = null, due = p_dues[width_bucket(o.id, p_ids)],
        attempts = o.attempts + p_attempted[width_bucket(o.id, p_ids)]::int,
        status = case when p_attempted[width_bucket(o.id, p_ids)] then p_status[width_bucket(o.id, p_ids)] else o.status end,
        reason = case when p_attempted[width_bucket(o.id, p_ids)] then p_failed[width_bucket(o.id, p_ids)] else o.reason end
      where o.id = any(p_ids) and o.holder is not distinct from p_worker and p_states[width_bucket(o.id, p_ids)] = ${WAITS}
      returning o.id, o.attempts, width_bucket(o.id, p_ids) as place),
    tried as (
      insert into attempts(delivery, n, at, status, ms, reason, answer)
      select id, attempts, p_now, p_status[place], p_ms[place], p_failed[place], p_answers[place] from again where p_attempted[place])
    select array_agg(place) into v_again from again;
  end if;
  return v_places || v_again;
end $$;
`;

/**
 * Marks what is due of a worker's webhooks as held by it, the oldest of each: so many of each at the most. Beside their
 * numbers it says of each webhook when the next is due that was left, null for none. What they are is read without a lock:
 * a process that is stopped while it reads must keep nobody waiting.
 */
export const LOAD = (schema: string): string => `
create function load(p_now bigint, p_worker int, p_webhooks int[], p_each int)
returns table(ids double precision[], nexts double precision[]) language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
declare
  v_own int[];
  v_ids double precision[];
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
  return query select v_ids, array(select (
      select q.due from owed q where q.webhook = w.webhook and q.holder is null order by q.due, q.id limit 1)::double precision
    from unnest(p_webhooks) with ordinality w(webhook, nth) order by nth);
end $$;
`;

/** What \`look\` tells of: a webhook that the worker has now, one that was changed, one of which something is due. */
export const TAKEN = 0;
export const CHANGED = 1;
export const DUE = 2;
/** When the next is due of the webhooks that nobody has; how many other workers could do more. */
export const NEXT_FREE = 3;
export const IDLE_OTHERS = 4;

/**
 * A worker says that it is there, takes webhooks that nobody has and that have something due, up to so many, and hears what
 * is new of its own. Nothing at all comes of one that was buried.
 */
export const LOOK = (schema: string): string => `
create function bury(p_now bigint) returns void language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
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
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
#variable_conflict use_column
declare
  v_webhooks int[];
  v_dues bigint[];
  v_locked int[];
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
      array(select ctid from wakes where worker is null limit 500 for update skip locked)
      || array(select ctid from wakes where worker = any(array(
        select t.worker from told t where t.worker is not null and not exists (select from workers k where k.id = t.worker)))
        limit 500 for update skip locked)
      || array(select ctid from wakes where worker = p_worker limit 1000 for update skip locked)) returning w.webhook, w.due),
  -- A change is told of by itself, whatever else there is.
  news as (select g.webhook, min(g.due) as due from gone g group by g.webhook, g.due is null)
  select array_agg(n.webhook), array_agg(n.due) into v_webhooks, v_dues from news n;
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
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
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
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
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
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
begin
  update workers set alive_until = 0 where id = p_worker;
  perform bury(1);
end $$;
`;
