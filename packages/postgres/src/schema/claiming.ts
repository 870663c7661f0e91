import { FOREVER } from "./tables.ts";

/** The planner knows nothing of tables that are empty one minute and full the next: each step goes by its index. */
export const BY_INDEX: string = `set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan`;

/**
 * The store's time, in milliseconds since 1970: the server's clock, so that it does not matter what those of the processes
 * say.
 */
export const CLOCK: string = `
create function clock() returns bigint language sql volatile as $$
  select (extract(epoch from clock_timestamp()) * 1000)::bigint $$;
`;

/** Leases that ended, what was left in \`wakes\`, and lanes whose time has come: up to a thousand of each. */
export const TEND = (schema: string): string => `
create function tend(p_now bigint) returns void language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
declare
  v_locked int[];
begin
  if exists (select from leased where until <= p_now) then
    with ended as materialized (select id from leased where until <= p_now order by until limit 1000 for update skip locked),
    gone as (delete from leased l using ended where l.id = ended.id returning l.*),
    back as (insert into waiting(id, webhook, account, event, due, since, attempts, before, status, reason)
      select id, webhook, account, event, due, since, attempts, before, status, reason from gone)
    insert into wakes(webhook, account, due, freed, owed)
      select webhook, account, min(due), count(*), 0 from gone group by webhook, account;
  end if;

  -- Those that another claim has at this moment stay for the next: it may be a process that was stopped in the middle.
  select array_agg(webhook) into v_locked from (
    select l.webhook from (select distinct webhook from (select webhook from wakes limit 1000) w) w
    join lanes l on l.webhook = w.webhook for update of l skip locked) l;
  if v_locked is not null then
    with gone as (delete from wakes w where w.ctid = any(array(
        select ctid from wakes where webhook = any(v_locked) limit 5000 for update skip locked)) returning w.*),
    news as materialized (select webhook, min(due) as due, sum(freed) as freed, sum(owed) as owed from gone group by webhook)
    update lanes l set
      held = l.held - n.freed,
      pending = l.pending + n.owed,
      low = least(l.low, n.due),
      ready = l.ready or least(l.low, n.due) <= p_now,
      wake_at = case
        when l.ready or least(l.low, n.due) <= p_now then null
        when least(l.low, n.due) = ${FOREVER} then l.wake_at
        else least(l.wake_at, least(l.low, n.due)) end
    from news n where l.webhook = n.webhook;
  end if;

  if exists (select from lanes where wake_at <= p_now) then
    update lanes l set ready = true, wake_at = null where l.webhook = any(array(
      select webhook from lanes where wake_at <= p_now order by wake_at limit 1000 for update skip locked));
  end if;
end $$;
`;

/**
 * Leases what is due. In rounds: each gives every account that has something as much as brings it level with the others,
 * and within it every webhook the same, so that what one does not use goes to the others in the next.
 */
export const CLAIM = (schema: string): string => `
create type claimed as (n double precision, id double precision, account text, webhook text, version int, topic text, body text,
  properties text, trace text, attempts int, tried int, age double precision, probe boolean);

create function claim(p_holder int, p_first bigint, p_max int, p_lease bigint, p_after int)
returns table(n double precision, id double precision, account text, webhook text, version int, topic text, body text, properties text,
  trace text, attempts int, tried int, age double precision, probe boolean, after int) language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
#variable_conflict use_column
declare
  v_now bigint := clock();
  v_turn bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  v_left int := p_max;
  v_after int := coalesce(p_after, 0);
  v_claims claimed[] := '{}';
  -- The accounts of a round, and how much each may have.
  v_accounts int[];
  v_quotas int[];
  v_count int;
  -- What accounts have had in the rounds before.
  v_served int[] := '{}';
  v_had int[] := '{}';
  -- The webhooks of a round; which have one more than others, how much each may have, and what is known of them.
  v_lanes int[];
  v_shares int[];
  v_more int[];
  v_rooms int[];
  v_lows bigint[];
  v_opens bigint[];
  v_caps int[];
  v_tokens double precision[];
  v_rates double precision[];
  v_keys text[];
  v_owners text[];
  v_versions int[];
  v_probes boolean[];
  v_taken claimed[];
  v_from int[];
  v_idle int := 0;
begin
  -- Who loses a claim claims again: the lease is not to wait for the disk.
  perform set_config('synchronous_commit', 'off', true);
  perform tend(v_now);
  while v_left > 0 and v_idle < 3 loop
    -- Whose turn it is, from the account after the last that was served.
    with recursive up(account, place) as (
      select (select min(l.account) from lanes l where l.ready and l.account > v_after), 1
      union all
      select (select min(l.account) from lanes l where l.ready and l.account > up.account), up.place + 1
      from up where up.account is not null and up.place < v_left),
    down(account, place) as (
      select (select min(l.account) from lanes l where l.ready and l.account <= v_after), 1
      where (select count(account) from up) < v_left
      union all
      select (select min(l.account) from lanes l where l.ready and l.account <= v_after and l.account > down.account), down.place + 1
      from down where down.account is not null and down.place < v_left)
    select array_agg(account order by part, place) into v_accounts from (
      select 0 as part, account, place from up where account is not null
      union all select 1, account, place from down where account is not null
      order by 1, 3 limit v_left) ring;
    exit when v_accounts is null;

    v_count := cardinality(v_accounts);
    v_after := v_accounts[v_count];
    if v_count = 1 then
      v_quotas := array[v_left];
    elsif v_served = '{}' then
      select array_agg(v_left / v_count + case when place <= v_left % v_count then 1 else 0 end order by place)
        into v_quotas from generate_series(1, v_count) place;
      -- Who had one more is the last the next time.
      if v_left % v_count > 0 then v_after := v_accounts[v_left % v_count]; end if;
    else
      -- Up to a level at which they have had the same, and one more for the first of them.
      with had as materialized (
        select a.account, a.place, coalesce(v_had[array_position(v_served, a.account)], 0) as had
        from unnest(v_accounts) with ordinality a(account, place)),
      level as materialized (select min((v_left + total) / rank) as level from (
        select row_number() over w as rank, sum(had) over (w rows unbounded preceding) as total from had window w as (order by had, place)) r),
      given as materialized (select h.place, greatest(level.level - h.had, 0) as quota, h.had <= level.level as may from had h, level)
      select array_agg((g.quota + g.more)::int order by place), coalesce(v_accounts[max(place) filter (where more = 1)], v_after)
        into v_quotas, v_after from (
          select place, quota, case when may and count(*) filter (where may) over (order by place) <= v_left - sum(quota) over () then 1 else 0 end as more
          from given) g;
    end if;

    -- Their webhooks, each locked: no other claim serves it meanwhile.
    select array_agg(webhook order by nth, place), array_agg(quota / count + more order by nth, place), array_agg(more order by nth, place)
      into v_lanes, v_shares, v_more from (select *, (case when nth <= quota % count then 1 else 0 end) as more from (
        select l.webhook, a.place, a.quota, row_number() over (partition by a.place order by l.turn, l.webhook) as nth,
          count(*) over (partition by a.place) as count
        from unnest(v_accounts, v_quotas) with ordinality a(account, quota, place) cross join lateral (
          select l.webhook, l.turn from lanes l where l.account = a.account and l.ready order by l.turn, l.webhook
          limit a.quota for update skip locked) l) ranked) lane;
    exit when v_lanes is null;

    -- A statement of its own: what was committed before they were locked must be seen.
    select array_agg(greatest(0, least(share, case when opens <= v_now then cap - held else 0 end, floor(tokens)))::int order by nth),
      array_agg(low order by nth), array_agg(opens order by nth), array_agg(cap - held order by nth), array_agg(tokens order by nth),
      array_agg(rate order by nth), array_agg(key order by nth), array_agg(owner order by nth), array_agg(version order by nth),
      array_agg(probing order by nth)
      into v_rooms, v_lows, v_opens, v_caps, v_tokens, v_rates, v_keys, v_owners, v_versions, v_probes from (
        select s.nth, s.share, l.low, l.held, w.key, w.version, w.probing, w.rate, a.key as owner,
          case when w.probing then 1 else w.concurrency end as cap,
          case when w.enabled then greatest(w.closed_until, a.closed_until) else ${FOREVER} end as opens,
          least(w.rate, coalesce(l.tokens, w.rate) + (v_now - coalesce(l.filled_at, v_now)) / 1000.0 * w.rate) as tokens
        from unnest(v_lanes, v_shares) with ordinality s(webhook, share, nth)
        join lanes l on l.webhook = s.webhook join webhooks w on w.id = s.webhook join accounts a on a.id = w.account) s;

    with picked as materialized (
      select q.id, s.nth, row_number() over (order by q.k, s.nth) as place from unnest(v_lanes, v_rooms, v_lows) with ordinality s(webhook, room, low, nth)
      cross join lateral (select q.id, row_number() over (order by q.due, q.id) as k from (
        select q.id, q.due from waiting q where q.webhook = s.webhook and q.due >= s.low and q.due <= v_now
        order by q.due, q.id limit s.room for update skip locked) q) q),
    gone as (delete from waiting q using picked p where q.id = p.id returning q.*, p.nth, p.place),
    held as (insert into leased(id, webhook, account, event, due, since, attempts, before, status, reason, holder, n, until)
      select g.id, g.webhook, g.account, g.event, g.due, g.since, g.attempts, g.before, g.status, g.reason,
        p_holder, p_first + p_max - v_left + g.place - 1, v_now + p_lease from gone g)
    select array_agg(row(p_first + p_max - v_left + g.place - 1, g.id, v_owners[g.nth], v_keys[g.nth], v_versions[g.nth], e.topic, e.body,
        e.properties, e.trace, g.attempts, g.attempts - g.before, v_now - g.since, v_probes[g.nth])::claimed order by g.place), array_agg(g.nth::int)
      into v_taken, v_from from gone g join events e on e.id = g.event;

    update lanes l set
      held = l.held + s.taken,
      turn = v_turn + s.nth + v_more[s.nth] * cardinality(v_lanes),
      tokens = s.tokens - s.taken,
      filled_at = case when s.rate is not null then v_now end,
      low = s.next,
      ready = s.at <= v_now,
      wake_at = case when s.at > v_now and s.at < ${FOREVER} then s.at end
    from (
      select s.*, case
        when s.next = ${FOREVER} or s.taken >= s.cap then ${FOREVER}
        else greatest(s.next, s.opens, case
          when s.rate is null or s.tokens - s.taken >= 1 then 0
          else v_now + ceil((1 - (s.tokens - s.taken)) / s.rate * 1000)::bigint end) end as at
      from (
        select s.*, (select count(*) from unnest(v_from) f where f = s.nth)::int as taken, coalesce((
          select q.due from waiting q where q.webhook = s.webhook and q.due >= s.low order by q.due, q.id limit 1), ${FOREVER}) as next
        from unnest(v_lanes, v_lows, v_opens, v_caps, v_tokens, v_rates) with ordinality s(webhook, low, opens, cap, tokens, rate, nth)) s) s
    where l.webhook = s.webhook;

    v_turn := v_turn + 2 * cardinality(v_lanes);
    v_idle := v_idle + 1;
    if v_taken is not null then
      v_idle := 0;
      v_claims := v_claims || v_taken;
      v_left := v_left - cardinality(v_taken);
      if v_left > 0 then
        -- Who holds what of this claim: the lease's number says which those are.
        select array_agg(account), array_agg(count) into v_served, v_had from (
          select l.account, count(*)::int as count from unnest(v_claims) c join leased l on l.id = c.id group by l.account) s;
      end if;
    end if;
  end loop;
  return query select c.*, v_after from unnest(v_claims) c;
end $$;
`;

/** In how many milliseconds something may be claimed by time alone; null for never. */
export const NEXT_DUE = (schema: string): string => `
create function next_due() returns double precision language plpgsql
set search_path = ${schema}, pg_temp ${BY_INDEX} as $$
declare
  v_now bigint := clock();
  v_next bigint;
begin
  perform set_config('synchronous_commit', 'off', true);
  perform tend(v_now);
  if exists (select from lanes where ready) or exists (select from wakes w join lanes l on l.webhook = w.webhook) then return 0; end if;
  -- Not \`greatest\`, which takes null for nothing.
  v_next := least((select min(wake_at) from lanes where wake_at is not null), (select min(until) from leased));
  return case when v_next < v_now then 0 else v_next - v_now end;
end $$;
`;
