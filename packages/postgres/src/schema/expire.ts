import { PLANNER_SETTINGS } from "./tables.ts";

/**
 * Has deliveries die that wait and have been due for longer: those of up to a hundred webhooks after one, so many at the
 * most. Says as well which webhook to go on after, whether that was all, and what waits of those of which any died: whoever
 * has one in memory believes in something that is due no more.
 */
export const EXPIRE = (schema: string): string => `
create function expire(p_now bigint, p_older bigint, p_max int, p_after int)
returns table(id double precision, webhook text, account text, topic text, attempts int, after int, done boolean, touched int[],
  nexts double precision[]) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
#variable_conflict use_column
declare
  v_before bigint := p_now - p_older;
  v_after int := p_after;
  v_next int;
  v_seen int := 0;
  v_left int := p_max;
  v_gone bigint[];
  v_ids bigint[] := '{}';
  v_touched int[] := '{}';
begin
  while v_left > 0 and v_seen < 100 loop
    select min(q.webhook) into v_next from owed q where q.holder is null and q.webhook > v_after;
    exit when v_next is null;
    v_seen := v_seen + 1;
    -- What was owed to one that was removed goes otherwise.
    if not exists (select from lanes l where l.webhook = v_next) then
      v_after := v_next;
      continue;
    end if;
    with gone as (delete from owed q where q.id = any(array(
        select q.id from owed q where q.webhook = v_next and q.holder is null and q.due <= v_before order by q.due, q.id
        limit v_left for update skip locked)) returning q.*),
    dead as (
      insert into settled(id, webhook, account, event, dead, attempts, status, ms, at, reason)
      select id, webhook, account, event, true, attempts, status, null, p_now, 'expired' from gone),
    counted as (insert into tallies(account, pending) select account, -count(*) from gone group by account)
    select array_agg(id) into v_gone from gone;
    v_ids := v_ids || v_gone;
    if v_gone is not null then v_touched := v_touched || v_next; end if;
    v_left := v_left - coalesce(cardinality(v_gone), 0);
    -- There may be more of this one.
    if v_left > 0 then v_after := v_next; end if;
  end loop;
  return query select s.id::double precision, w.key, a.key, e.topic, s.attempts, v_after, v_next is null, null::int[], null::double precision[]
    from unnest(v_ids) t(id) join settled s on s.id = t.id join webhooks w on w.id = s.webhook
    join accounts a on a.id = w.account join events e on e.id = s.event
    union all select null, null, null, null, null, v_after, v_next is null, v_touched, array(select (
      select q.due from owed q where q.webhook = t.webhook and q.holder is null order by q.due, q.id limit 1)::double precision
      from unnest(v_touched) with ordinality t(webhook, nth) order by nth);
end $$;
`;
