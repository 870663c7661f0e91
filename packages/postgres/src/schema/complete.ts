import { PLANNER_SETTINGS } from "./tables.ts";

/** What follows from an attempt. */
export const DELIVERED = 0;
export const RETRY = 1;
export const DEAD = 2;

/**
 * Writes down what attempts came to, of deliveries that the worker still has: says which these are, by their places in the
 * lists, of which that of the ids is sorted, for the place of each is looked for by halves. `p_failed` is why an attempt failed, `p_reasons` why a delivery is dead.
 */
export const COMPLETE = (schema: string): string => `
create function settle(
  p_now bigint, p_worker int, p_ids bigint[], p_states int[], p_dues bigint[], p_reasons text[],
  p_attempted boolean[], p_status int[], p_ms int[], p_failed text[], p_answers text[])
returns int[] language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_places int[];
  v_again int[];
begin
  -- By a list of ids, and not joined with one: once the table was found empty, the planner would rather walk all of it. And
  -- by no equality of the holder, which has an index too, of all that it has.
  with gone as (
    delete from owed o where o.id = any(p_ids) and o.holder is not distinct from p_worker and p_states[width_bucket(o.id, p_ids)] <> ${RETRY}
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

  if ${RETRY} = any(p_states) then
    with again as (
      update owed o set holder = null, due = p_dues[width_bucket(o.id, p_ids)],
        attempts = o.attempts + p_attempted[width_bucket(o.id, p_ids)]::int,
        status = case when p_attempted[width_bucket(o.id, p_ids)] then p_status[width_bucket(o.id, p_ids)] else o.status end,
        reason = case when p_attempted[width_bucket(o.id, p_ids)] then p_failed[width_bucket(o.id, p_ids)] else o.reason end
      where o.id = any(p_ids) and o.holder is not distinct from p_worker and p_states[width_bucket(o.id, p_ids)] = ${RETRY}
      returning o.id, o.attempts, width_bucket(o.id, p_ids) as place),
    tried as (
      insert into attempts(delivery, n, at, status, ms, reason, answer)
      select id, attempts, p_now, p_status[place], p_ms[place], p_failed[place], p_answers[place] from again where p_attempted[place])
    select array_agg(place) into v_again from again;
  end if;
  return v_places || v_again;
end $$;
`;
