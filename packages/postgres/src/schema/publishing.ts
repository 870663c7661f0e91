import { PLANNER_SETTINGS } from "./tables.ts";

/** What became of an event: it is new, had been there, or would make too many pending. */
export const NEW = 0;
export const DUPLICATE = 1;
export const OVER_QUOTA = 2;

/** Where a delivery is: it waits for who has the webhook, who asked; it is in that one's memory; it waits for another. */
export const STORED = 0;
export const BUFFERED = 1;
export const OTHER_OWNER = 2;

/**
 * Persists events, each with its deliveries. Lists are parallel: one item for each event (`p_places` and `p_pairs` say
 * where its account, and its account with its topic, stand in the lists of these), for each account, for each pair.
 * `p_twins` says which event before it in the list has the same id; of accounts that are not `p_counted` it is known that
 * they have room. For so many milliseconds at the most it waits for what another transaction holds (`p_wait`). What becomes of one may depend on those before it: hence the loop.
 *
 * A worker says how many more it can take into memory, and which webhooks have as many there as they may. What is free
 * among the webhooks it takes. It gets the numbers of all deliveries, in the order of the events, whose each is, and where
 * it is.
 *
 * What labels made stands behind what it was made of (`p_raws` has that one's place, and 0 for what was given), and is kept or
 * not as that one is. Of each event the webhooks are withheld whose conditions do not hold of it. All that was found out by
 * rules of some version (`p_rules`, of each account) and by properties that were read (`p_seen`): nothing is published if
 * these are others by now, and `stale` says of which accounts the rules are.
 */
export const PUBLISH = (schema: string): string => `
create function publish_events(
  p_now bigint, p_wait int, p_worker int, p_room int, p_full int[],
  p_keys text[], p_idempotent boolean[], p_twins int[], p_topics text[], p_bodies text[], p_users text[], p_webhooks text[], p_traces text[],
  p_places int[], p_accounts int[], p_counted boolean[], p_pairs int[], p_pair_accounts int[], p_patterns text[], p_most bigint,
  p_rules int[], p_raws int[], p_withheld text[], p_read boolean[], p_seen text[])
returns table(states int[], delivery_counts double precision[], capacities double precision[], delivery_ids double precision[], webhooks int[],
  placements int[], properties text[], is_member boolean, stale_accounts int[]) language plpgsql
set search_path = ${schema}, pg_temp ${PLANNER_SETTINGS} as $$
#variable_conflict use_column
declare
  v_wait text;
  v_worker int := p_worker;
  v_room int := p_room;
  v_count int := cardinality(p_keys);
  v_has_keys boolean := true = any(p_idempotent);
  v_rooms bigint[];
  v_known double precision[];
  -- The webhooks of every pair, one after the other; where those of each begin, and how many they are.
  v_matches int[] := '{}';
  v_firsts int[] := '{}';
  v_lengths int[] := '{}';
  v_found int[];
  -- For each event: what became of it, its number, where its webhooks are, how many, where its deliveries are.
  v_states int[] := array_fill(${DUPLICATE}, array[v_count]);
  v_made double precision[] := array_fill(0::double precision, array[v_count]);
  v_events bigint[];
  v_from int[] := array_fill(0, array[v_count]);
  v_owed int[] := array_fill(0, array[v_count]);
  v_starts int[] := array_fill(0, array[v_count]);
  v_total int := 0;
  -- For each delivery: its number, its event's place, its webhook, where it is.
  v_ids bigint[];
  v_of int[];
  v_targets int[];
  v_births int[];
  -- The webhooks of all of them, and where what is new of each goes.
  v_lanes int[];
  v_kinds int[];
  v_properties text[];
  v_lost int[];
  v_place int;
  -- For each event, how many deliveries the labels' have.
  v_more int[] := array_fill(0, array[v_count]);
  v_stale int[];
begin
  if p_wait is not null then
    v_wait := current_setting('lock_timeout');
    perform set_config('lock_timeout', p_wait::text, true);
  end if;
  if v_worker is not null then
    -- Nobody buries it before this is done.
    perform from processes where id = v_worker and lease_until > 0 for key share;
    if not found then v_worker := null; end if;
  end if;
  v_rooms := array(select case when c.counted then p_most
      - coalesce((select sum(t.delta) from pending_counters t where t.account = c.account), 0) end
    from unnest(p_accounts, p_counted) with ordinality c(account, counted, place) order by place);
  for i in 1 .. cardinality(p_pair_accounts) loop
    v_found := array(select distinct w.id from subscriptions s join webhooks w on w.id = s.webhook
      where s.account = p_pair_accounts[i] and s.pattern = any(string_to_array(p_patterns[i], ' ')) and w.enabled order by 1);
    v_firsts := v_firsts || cardinality(v_matches);
    v_lengths := v_lengths || cardinality(v_found);
    v_matches := v_matches || v_found;
  end loop;
  -- Behind what found the webhooks: every statement sees what was committed before it, and one that has conditions since the
  -- rules were looked at would be among them, and not among those withheld.
  v_stale := array(select a.id from unnest(p_accounts, p_rules) u(account, rules) join accounts a on a.id = u.account and a.rules_version <> u.rules);
  v_properties := array(select case when u.person is not null then (
      select p.properties from users p where p.account = p_accounts[u.place] and p.external_id = u.person) end
    from unnest(p_users, p_places) with ordinality u(person, place, nth) order by nth);
  if cardinality(v_stale) > 0 or exists (
      select from unnest(p_read, p_seen, v_properties) r(read, seen, properties) where r.read and r.seen is distinct from r.properties) then
    if p_wait is not null then perform set_config('lock_timeout', v_wait, true); end if;
    return query select null::int[], null::double precision[], null::double precision[], null::double precision[], null::int[], null::int[],
      null::text[], null::boolean, v_stale;
    return;
  end if;
  for i in 1 .. v_count loop
    if p_webhooks[i] is null then
      v_from[i] := v_firsts[p_pairs[i]];
      v_owed[i] := v_lengths[p_pairs[i]];
      if p_withheld[i] is not null then
        v_found := array(select m from unnest(v_matches[v_from[i] + 1 : v_from[i] + v_owed[i]]) m
          where m <> all(string_to_array(p_withheld[i], ' ')::int[]) order by 1);
        v_from[i] := cardinality(v_matches);
        v_owed[i] := cardinality(v_found);
        v_matches := v_matches || v_found;
      end if;
    else
      v_found := array(select w.id from webhooks w where w.external_id = p_webhooks[i] and w.account = p_accounts[p_places[i]]);
      v_from[i] := cardinality(v_matches);
      v_owed[i] := cardinality(v_found);
      v_matches := v_matches || v_found;
    end if;
  end loop;
  if p_raws is not null then
    for i in 1 .. v_count loop
      if p_raws[i] > 0 then v_more[p_raws[i]] := v_more[p_raws[i]] + v_owed[i]; end if;
    end loop;
  end if;
  if v_has_keys then
    v_known := array(select (
        select e.delivery_count from idempotency_keys k join events e on e.id = k.event where k.account = p_accounts[u.place] and k.idempotency_key = u.key and u.idempotent)
      from unnest(p_keys, p_idempotent, p_places) with ordinality u(key, idempotent, place, nth) order by nth);
  end if;

  for i in 1 .. v_count loop
    if p_idempotent[i] and (v_known[i] is not null or p_twins[i] > 0 and v_states[p_twins[i]] <> ${OVER_QUOTA}) then
      v_made[i] := coalesce(v_known[i], v_made[p_twins[i]]);
      v_owed[i] := 0;
    elsif p_raws[i] > 0 and v_states[p_raws[i]] <> ${NEW} then
      v_states[i] := v_states[p_raws[i]];
      v_owed[i] := 0;
    elsif v_owed[i] + v_more[i] > v_rooms[p_places[i]] then
      v_states[i] := ${OVER_QUOTA};
      v_made[i] := p_most - v_rooms[p_places[i]];
      v_owed[i] := 0;
    else
      v_rooms[p_places[i]] := v_rooms[p_places[i]] - v_owed[i];
      v_states[i] := ${NEW};
      v_made[i] := v_owed[i];
    end if;
  end loop;

  v_events := array(select nextval('event_ids') from generate_series(1, v_count));
  if v_has_keys then
    -- Another may have had the same id since we looked.
    with mine as (
      insert into idempotency_keys(account, idempotency_key, event)
      select p_accounts[u.place], u.key, v_events[nth] from unnest(p_keys, p_idempotent, p_places) with ordinality u(key, idempotent, place, nth)
      where u.idempotent and v_states[nth] = ${NEW} order by 1, 2 on conflict do nothing returning event)
    select array_agg(nth::int) into v_lost from unnest(p_idempotent) with ordinality u(idempotent, nth)
    where u.idempotent and v_states[nth] = ${NEW} and v_events[nth] not in (select event from mine);
    if v_lost is not null then
      foreach v_place in array v_lost loop
        v_states[v_place] := ${DUPLICATE};
        v_owed[v_place] := 0;
        v_made[v_place] := coalesce((select e.delivery_count from idempotency_keys k join events e on e.id = k.event
          where k.account = p_accounts[p_places[v_place]] and k.idempotency_key = p_keys[v_place]), 0);
      end loop;
      for i in 1 .. v_count loop
        if v_states[i] = ${DUPLICATE} and p_twins[i] > 0 then v_made[i] := v_made[p_twins[i]]; end if;
        if p_raws[i] > 0 and v_states[p_raws[i]] = ${DUPLICATE} then
          v_states[i] := ${DUPLICATE};
          v_owed[i] := 0;
          v_made[i] := 0;
        end if;
      end loop;
    end if;
  end if;
  for i in 1 .. v_count loop
    v_starts[i] := v_total;
    v_total := v_total + v_owed[i];
  end loop;

  v_ids := array(select nextval('delivery_ids') from generate_series(1, v_total));
  -- What is sent back must fit into what a connection holds: who is stopped in the middle of reading it keeps nobody waiting.
  if coalesce((select sum(octet_length(p)) from unnest(v_properties) p), 0) > 32768 then v_room := 0; end if;
  insert into events(id, account, external_id, topic, body, properties, published_at, is_targeted, delivery_count, deliveries, traceparent)
    select v_events[nth], p_accounts[u.place], u.key, u.topic, u.body, v_properties[nth], p_now, u.webhook is not null, v_owed[nth],
      v_ids[v_starts[nth] + 1 : v_starts[nth] + v_owed[nth]], u.trace
    from unnest(p_keys, p_topics, p_bodies, p_webhooks, p_traces, p_places) with ordinality u(key, topic, body, webhook, trace, place, nth)
    where v_states[nth] = ${NEW};
  insert into storage_counters(delta_bytes) select 150 * v_total + coalesce(sum(200 + octet_length(u.body)), 0)
    from unnest(p_bodies) with ordinality u(body, nth) where v_states[nth] = ${NEW};
  if v_total > 0 then
    select array_agg(nth), array_agg(v_matches[v_from[nth] + k]) into v_of, v_targets from (
      select nth::int, k from unnest(v_owed) with ordinality u(count, nth) cross join lateral generate_series(1, u.count) k order by nth, k) d;
    v_lanes := array(select distinct webhook from unnest(v_targets) t(webhook) order by 1);
    if v_worker is not null then
      -- None that has nothing of this: the worker would not hear of it.
      update webhook_leases l set owner = v_worker, next_due_at = null where l.webhook = any(array(
        select webhook from webhook_leases where webhook = any(v_lanes) and owner is null order by webhook for update skip locked));
    end if;
    -- Nothing overtakes what waits already.
    v_kinds := array(select case
        when v_worker is null or l.owner is distinct from v_worker then ${OTHER_OWNER}
        when l.spilled or m.webhook = any(p_full)
          or exists (select from pending_deliveries q where q.webhook = m.webhook and q.owner is null and q.due_at <= p_now) then ${STORED}
        else ${BUFFERED} end
      from unnest(v_lanes) with ordinality m(webhook, nth) left join webhook_leases l on l.webhook = m.webhook order by nth);
    v_births := array(select v_kinds[width_bucket(webhook, v_lanes)] from unnest(v_targets) with ordinality t(webhook, nth) order by nth);
    if v_total > v_room then
      v_births := array(select case when kind = ${BUFFERED} and hot > v_room then ${STORED} else kind end from (
        select kind, nth, count(*) filter (where kind = ${BUFFERED}) over (order by nth) as hot from unnest(v_births) with ordinality b(kind, nth)) b order by nth);
    end if;
    insert into pending_deliveries(id, webhook, account, event, due_at, enqueued_at, attempt_count, attempts_before_requeue, owner)
      select v_ids[nth], b.webhook, p_accounts[p_places[b.event]], v_events[b.event], p_now, p_now, 0, 0, case when b.kind = ${BUFFERED} then v_worker end
      from unnest(v_targets, v_of, v_births) with ordinality b(webhook, event, kind, nth);
    insert into notifications(process, webhook, due_at) select l.owner, l.webhook, p_now from webhook_leases l
      where l.webhook = any(array(select m.webhook from unnest(v_lanes, v_kinds) m(webhook, kind) where m.kind = ${OTHER_OWNER}));
    insert into pending_counters(account, delta) select p_accounts[p_places[event]], count(*) from unnest(v_of) o(event) group by 1;
  end if;
  -- The rest of an application's own transaction goes by its own.
  if p_wait is not null then perform set_config('lock_timeout', v_wait, true); end if;
  return query select v_states, v_made, v_rooms::double precision[], v_ids::double precision[], v_targets, v_births,
    case when v_room > 0 then v_properties end,
    v_worker is not distinct from p_worker, null::int[];
end $$;
`;
