import { BY_INDEX } from "./claiming.ts";

/** What became of an event: it is new, had been there, or would make too many pending. */
export const NEW = 0;
export const DUPLICATE = 1;
export const REFUSED = 2;

/**
 * Persists events, each with its deliveries. Lists are parallel: one item for each event (`p_places` and `p_pairs` say
 * where its account, and its account with its topic, stand in the lists of these), for each account, for each pair.
 * `p_twins` says which event before it in the list has the same id; of accounts that are not `p_counted` it is known that
 * they have room. What becomes of one may depend on those before it: hence the loop.
 */
export const PUBLISH = (schema: string): string => `
create function publish(
  p_keys text[], p_idempotent boolean[], p_twins int[], p_topics text[], p_bodies text[], p_users text[], p_webhooks text[], p_traces text[],
  p_places int[], p_accounts int[], p_counted boolean[], p_pairs int[], p_pair_accounts int[], p_patterns text[], p_most bigint)
returns table(states int[], made double precision[], rooms double precision[]) language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
#variable_conflict use_column
declare
  v_now bigint := clock();
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
  v_ids bigint[];
  v_lost int[];
  v_place int;
begin
  v_rooms := array(select case when c.counted then p_most
      - coalesce((select sum(l.pending) from lanes l where l.account = c.account), 0)
      - coalesce((select sum(w.owed) from wakes w where w.account = c.account), 0) end
    from unnest(p_accounts, p_counted) with ordinality c(account, counted, place) order by place);
  for i in 1 .. cardinality(p_pair_accounts) loop
    v_found := array(select distinct w.id from unnest(string_to_array(p_patterns[i], ' ')) p(pattern)
      join subscriptions s on s.account = p_pair_accounts[i] and s.pattern = p.pattern join webhooks w on w.id = s.webhook
      where w.enabled order by 1);
    v_firsts := v_firsts || cardinality(v_matches);
    v_lengths := v_lengths || cardinality(v_found);
    v_matches := v_matches || v_found;
  end loop;
  if v_has_keys then
    v_known := array(select (
        select e.made from event_keys k join events e on e.id = k.event where k.account = p_accounts[u.place] and k.key = u.key and u.idempotent)
      from unnest(p_keys, p_idempotent, p_places) with ordinality u(key, idempotent, place, nth) order by nth);
  end if;

  for i in 1 .. v_count loop
    if p_idempotent[i] then
      if p_twins[i] > 0 and v_states[p_twins[i]] <> ${REFUSED} then
        v_made[i] := v_made[p_twins[i]];
        continue;
      end if;
      if v_known[i] is not null then
        v_made[i] := v_known[i];
        continue;
      end if;
    end if;
    if p_webhooks[i] is null then
      v_from[i] := v_firsts[p_pairs[i]];
      v_owed[i] := v_lengths[p_pairs[i]];
    else
      v_found := array(select w.id from webhooks w where w.key = p_webhooks[i] and w.account = p_accounts[p_places[i]]);
      v_from[i] := cardinality(v_matches);
      v_owed[i] := cardinality(v_found);
      v_matches := v_matches || v_found;
    end if;
    if v_owed[i] > v_rooms[p_places[i]] then
      v_states[i] := ${REFUSED};
      v_made[i] := p_most - v_rooms[p_places[i]];
      v_owed[i] := 0;
      continue;
    end if;
    v_rooms[p_places[i]] := v_rooms[p_places[i]] - v_owed[i];
    v_states[i] := ${NEW};
    v_made[i] := v_owed[i];
    v_starts[i] := v_total;
    v_total := v_total + v_owed[i];
  end loop;

  v_events := array(select nextval('event_ids') from generate_series(1, v_count));
  v_ids := array(select nextval('delivery_ids') from generate_series(1, v_total));
  if v_has_keys then
    -- Another may have had the same id since we looked.
    with mine as (
      insert into event_keys(account, key, event)
      select p_accounts[u.place], u.key, v_events[nth] from unnest(p_keys, p_idempotent, p_places) with ordinality u(key, idempotent, place, nth)
      where u.idempotent and v_states[nth] = ${NEW} order by 1, 2 on conflict do nothing returning event)
    select array_agg(nth::int) into v_lost from unnest(p_idempotent) with ordinality u(idempotent, nth)
    where u.idempotent and v_states[nth] = ${NEW} and v_events[nth] not in (select event from mine);
    if v_lost is not null then
      foreach v_place in array v_lost loop
        v_states[v_place] := ${DUPLICATE};
        v_owed[v_place] := 0;
        v_made[v_place] := coalesce((select e.made from event_keys k join events e on e.id = k.event
          where k.account = p_accounts[p_places[v_place]] and k.key = p_keys[v_place]), 0);
      end loop;
      for i in 1 .. v_count loop
        if v_states[i] = ${DUPLICATE} and p_twins[i] > 0 then v_made[i] := v_made[p_twins[i]]; end if;
      end loop;
    end if;
  end if;

  insert into events(id, account, key, topic, body, properties, at, named, made, deliveries, trace)
    select v_events[nth], p_accounts[u.place], u.key, u.topic, u.body,
      case when u.person is not null then (select p.properties from users p where p.account = p_accounts[u.place] and p.key = u.person) end,
      v_now, u.webhook is not null, v_owed[nth], v_ids[v_starts[nth] + 1 : v_starts[nth] + v_owed[nth]], u.trace
    from unnest(p_keys, p_topics, p_bodies, p_users, p_webhooks, p_traces, p_places) with ordinality u(key, topic, body, person, webhook, trace, place, nth)
    where v_states[nth] = ${NEW};
  if v_total > 0 then
    insert into waiting(id, webhook, account, event, due, since, attempts, before)
      select v_ids[v_starts[nth] + k], v_matches[v_from[nth] + k], p_accounts[u.place], v_events[nth], v_now, v_now, 0, 0
      from unnest(p_places) with ordinality u(place, nth) cross join lateral generate_series(1, v_owed[nth]) k order by nth, k;
    insert into wakes(webhook, account, due, freed, owed)
      select v_matches[v_from[nth] + k], p_accounts[u.place], v_now, 0, count(*)
      from unnest(p_places) with ordinality u(place, nth) cross join lateral generate_series(1, v_owed[nth]) k group by 1, 2;
  end if;
  insert into volumes(bytes)
    select sum(200 + octet_length(u.body) + 150 * v_owed[nth]) from unnest(p_bodies) with ordinality u(body, nth) where v_states[nth] = ${NEW}
    having count(*) > 0;
  return query select v_states, v_made, v_rooms::double precision[];
end $$;
`;
