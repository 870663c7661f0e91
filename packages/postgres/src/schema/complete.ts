import { PLANNER_SETTINGS } from "./tables.ts";

/** The outcome of an attempt. */
export const DELIVERED = 0;
export const RETRY = 1;
export const DEAD = 2;

/**
 * Records the results of attempts, of those deliveries that the process still owns. Returns their positions in the lists.
 * `p_ids` must be sorted, since a binary search finds the position of an id. `p_attempt_errors` says why an attempt
 * failed, `p_reasons` why a delivery is dead.
 */
export const COMPLETE = (schema: string): string => `
create function complete_deliveries(
  p_now bigint, p_process int, p_ids bigint[], p_states int[], p_due_times bigint[], p_reasons text[],
  p_attempted boolean[], p_response_statuses int[], p_durations_ms int[], p_attempt_errors text[], p_response_bodies text[])
returns int[] language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
declare
  v_positions int[];
  v_retried int[];
begin
  -- By a list of ids and not by a join: a plan that was made for an empty table would scan all of it. The owner is compared
  -- without "=", so that the planner does not take the index on the owner.
  with deleted as (
    delete from pending_deliveries d where d.id = any(p_ids) and d.owner is not distinct from p_process
      and p_states[width_bucket(d.id, p_ids)] <> ${RETRY}
    returning d.*, width_bucket(d.id, p_ids) as position),
  logged as (
    insert into delivery_log(id, webhook, account, event, is_dead, attempt_count, response_status, duration_ms, completed_at, reason)
    select id, webhook, account, event, p_states[position] = ${DEAD}, attempt_count + p_attempted[position]::int,
      case when p_attempted[position] then p_response_statuses[position] else response_status end, p_durations_ms[position], p_now,
      case when p_states[position] = ${DEAD} then p_reasons[position] when p_attempted[position] then p_attempt_errors[position] else reason end
    from deleted),
  -- A first attempt that succeeded needs no row: the log has all of it.
  attempts_added as (
    insert into attempts(delivery, number, ended_at, response_status, duration_ms, reason, response_body)
    select id, attempt_count + 1, p_now, p_response_statuses[position], p_durations_ms[position], p_attempt_errors[position],
      p_response_bodies[position]
    from deleted where p_attempted[position] and (attempt_count > 0 or p_states[position] = ${DEAD})),
  counted as (insert into pending_counters(account, delta) select account, -count(*) from deleted group by account)
  select array_agg(position) into v_positions from deleted;

  if ${RETRY} = any(p_states) then
    with retried as (
      update pending_deliveries d set owner = null, due_at = p_due_times[width_bucket(d.id, p_ids)],
        attempt_count = d.attempt_count + p_attempted[width_bucket(d.id, p_ids)]::int,
        response_status = case when p_attempted[width_bucket(d.id, p_ids)] then p_response_statuses[width_bucket(d.id, p_ids)] else d.response_status end,
        reason = case when p_attempted[width_bucket(d.id, p_ids)] then p_attempt_errors[width_bucket(d.id, p_ids)] else d.reason end
      where d.id = any(p_ids) and d.owner is not distinct from p_process and p_states[width_bucket(d.id, p_ids)] = ${RETRY}
      returning d.id, d.attempt_count, width_bucket(d.id, p_ids) as position),
    attempts_added as (
      insert into attempts(delivery, number, ended_at, response_status, duration_ms, reason, response_body)
      select id, attempt_count, p_now, p_response_statuses[position], p_durations_ms[position], p_attempt_errors[position],
        p_response_bodies[position]
      from retried where p_attempted[position])
    select array_agg(position) into v_retried from retried;
  end if;
  return v_positions || v_retried;
end $$;
`;
