import { BY_INDEX } from "./claiming.ts";
import { FOREVER } from "./tables.ts";

/** What follows from an attempt. */
export const DELIVERED = 0;
export const RETRY = 1;
export const DEAD = 2;
export const RELEASE = 3;

/**
 * Writes down what attempts came to, of those leases that last: says which these are, by their places in the lists.
 * `p_failed` is why an attempt failed, `p_reasons` why a delivery is dead.
 */
export const SETTLE = (schema: string): string => `
create function settle(
  p_ids bigint[], p_holders int[], p_ns bigint[], p_states int[], p_delays bigint[], p_reasons text[],
  p_attempted boolean[], p_status int[], p_ms int[], p_failed text[], p_answers text[])
returns int[] language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
declare
  v_now bigint := clock();
  v_places int[];
begin
  with gone as (
    delete from leased l using unnest(p_ids, p_holders, p_ns) with ordinality g(id, holder, n, place)
    where l.id = g.id and l.holder = g.holder and l.n = g.n and l.until > v_now returning l.*, g.place),
  back as (
    insert into waiting(id, webhook, account, event, due, since, attempts, before, status, reason)
    select id, webhook, account, event, case when p_states[place] = ${RETRY} then v_now + p_delays[place] else due end, since,
      attempts + p_attempted[place]::int, before,
      case when p_attempted[place] then p_status[place] else status end, case when p_attempted[place] then p_failed[place] else reason end
    from gone where p_states[place] in (${RETRY}, ${RELEASE}) returning webhook, account, due),
  done as (
    insert into settled(id, webhook, account, event, dead, attempts, status, ms, at, reason)
    select id, webhook, account, event, p_states[place] = ${DEAD}, attempts + p_attempted[place]::int,
      case when p_attempted[place] then p_status[place] else status end, p_ms[place], v_now,
      case when p_states[place] = ${DEAD} then p_reasons[place] when p_attempted[place] then p_failed[place] else reason end
    from gone where p_states[place] in (${DELIVERED}, ${DEAD})),
  -- The only attempt of a delivery that succeeded at once is in its own row.
  tried as (
    insert into attempts(delivery, n, at, status, ms, reason, answer)
    select id, attempts + 1, v_now, p_status[place], p_ms[place], p_failed[place], p_answers[place]
    from gone where p_attempted[place] and (attempts > 0 or p_states[place] <> ${DELIVERED})),
  woken as (
    insert into wakes(webhook, account, due, freed, owed)
    select webhook, account, min(due), sum(freed), sum(owed) from (
      select webhook, account, ${FOREVER} as due, 1 as freed, case when p_states[place] in (${DELIVERED}, ${DEAD}) then -1 else 0 end as owed from gone
      union all select webhook, account, due, 0, 0 from back) w
    group by webhook, account)
  select array_agg(place) into v_places from gone;
  return v_places;
end $$;

create function renew(p_ids bigint[], p_holders int[], p_ns bigint[], p_lease bigint) returns int[] language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
declare
  v_now bigint := clock();
  v_places int[];
begin
  with held as (
    update leased l set until = v_now + p_lease from unnest(p_ids, p_holders, p_ns) with ordinality g(id, holder, n, place)
    where l.id = g.id and l.holder = g.holder and l.n = g.n and l.until > v_now returning g.place)
  select array_agg(place) into v_places from held;
  return v_places;
end $$;
`;
