import { MOST_PENDING, tooManyPending } from "../limits.ts";
import { closedGates } from "../schedule/lane.ts";
import type {
  Claim,
  ClaimRequest,
  GateChange,
  GateRecord,
  Lease,
  NewEvent,
  Published,
  Settlement,
} from "../store/store.ts";
import { type Account, FOREVER, type StoreFile } from "./file.ts";
import type { HotDelivery, HotEvent } from "./hot.ts";

/** What `publish` made, in words that can leave the thread. */
export type PublishedPlainly =
  | Exclude<Published, { readonly refused: unknown }>
  | { readonly id: string; readonly refused: string };

/** Persists events with their deliveries; those for which there is room are in memory once that is durable. */
export function publish(
  file: StoreFile,
  events: readonly NewEvent[],
  now: number,
  mostPending: number = MOST_PENDING,
): readonly PublishedPlainly[] {
  const added = new Map<Account, number>();
  return events.map((event) => publishOne(file, event, now, mostPending, added));
}

function publishOne(
  file: StoreFile,
  event: NewEvent,
  now: number,
  mostPending: number,
  added: Map<Account, number>,
): PublishedPlainly {
  const { tables } = file;
  const account = file.account(event.account);
  if (event.idempotent) {
    const known = tables.get(
      "select e.count from event_keys k join events e on e.id = k.event where k.account = ? and k.key = ?",
      account.number,
      event.id,
    );
    if (known !== undefined) return { id: event.id, deliveries: Number(known["count"]), duplicate: true };
  }
  const webhooks = webhooksFor(file, account, event, now);
  const pending = account.pending + (added.get(account) ?? 0);
  if (pending + webhooks.length > mostPending)
    return { id: event.id, refused: tooManyPending(pending, mostPending).message };
  added.set(account, (added.get(account) ?? 0) + webhooks.length);
  insert(file, account, event, webhooks, now);
  return { id: event.id, deliveries: webhooks.length, duplicate: false };
}

function webhooksFor(file: StoreFile, account: Account, event: NewEvent, now: number): readonly number[] {
  if (event.webhook !== null) {
    const number = file.webhookNumber(event.webhook);
    return number === null ? [] : [number];
  }
  return file
    .matching(account.number, event.topic, event.patterns)
    .filter((number) => file.lane(number, now).record.enabled);
}

function insert(
  file: StoreFile,
  account: Account,
  event: NewEvent,
  webhooks: readonly number[],
  now: number,
): void {
  const { tables } = file;
  const user =
    event.user === null
      ? null
      : ((tables.get(
          "select properties from users where account = ? and key = ?",
          account.number,
          event.user,
        )?.["properties"] as string | undefined) ?? null);
  const first = Number(tables.get("select coalesce(max(id), 0) + 1 as id from deliveries")?.["id"]);
  tables.run(
    "insert into events(account, key, topic, body, user, at, named, first, count) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    account.number,
    event.id,
    event.topic,
    event.body,
    user,
    now,
    event.webhook === null ? 0 : 1,
    first,
    webhooks.length,
  );
  const number = Number(tables.get("select last_insert_rowid() as id")?.["id"]);
  if (event.idempotent)
    tables.run(
      "insert into event_keys(account, key, event) values (?, ?, ?)",
      account.number,
      event.id,
      number,
    );
  const hot: HotEvent = { topic: event.topic, body: event.body, user, at: now };
  for (const [i, webhook] of webhooks.entries())
    addDelivery(file, account, first + i, number, webhook, hot, now);
}

/** A delivery in the file, and in memory if there is room. */
export function addDelivery(
  file: StoreFile,
  account: Account,
  id: number,
  event: number,
  webhook: number,
  hot: HotEvent,
  now: number,
): void {
  const lane = file.lane(webhook, now);
  const isHot = file.hasRoom(lane);
  file.tables.run(
    "insert into deliveries(id, event, webhook, state, attempts, due, status, ms) values (?, ?, ?, ?, 0, ?, 1000, 1000)",
    id,
    event,
    webhook,
    isHot ? 2 : 3,
    now,
  );
  file.afterwards(() => {
    account.pending += 1;
    if (!isHot) return file.stored(lane, now, now);
    file.bornHot.add(id);
    file.hot.push({ id, sequence: id, event: hot, lane, attempts: 0, due: now }, now);
  });
}

export function claim(file: StoreFile, request: ClaimRequest, now: number): readonly Claim[] {
  file.hot.expire(now);
  return file.hot.claim(request, (number) => file.deliveryId(number), now);
}

/** Records what attempts came to. Gives back the leases that were lost. */
export function settle(file: StoreFile, settlements: readonly Settlement[], now: number): readonly Lease[] {
  file.hot.expire(now);
  const settled = new Set<Lease>();
  return settlements
    .filter((settlement) => {
      const delivery = file.hot.leased(settlement.lease);
      if (delivery === undefined || settled.has(settlement.lease)) return true;
      settled.add(settlement.lease);
      settleOne(file, delivery, settlement, now);
      return false;
    })
    .map(({ lease }) => lease);
}

function settleOne(
  file: StoreFile,
  delivery: HotDelivery,
  { lease, settled, attempt }: Settlement,
  now: number,
): void {
  const { lane, id } = delivery;
  if (settled.state === "release" && attempt === null) {
    file.afterwards(() => {
      file.hot.end(lease);
      file.hot.push({ ...delivery, due: now }, now);
    });
    return;
  }
  const n = delivery.attempts + (attempt === null ? 0 : 1);
  const state = settled.state === "delivered" ? 4 : settled.state === "dead" ? 5 : 3;
  const due = settled.state === "retry" ? now + settled.delayMs : now;
  const reason = settled.state === "dead" ? settled.reason : (attempt?.reason ?? null);
  file.tables.run(
    "update deliveries set state = ?, attempts = ?, due = ?, status = ?, ms = ?, reason = ? where id = ?",
    state,
    n,
    due,
    attempt?.status ?? 0,
    attempt?.ms ?? 0,
    reason,
    id,
  );
  // The only attempt of a delivery that succeeded at once is in its own row.
  if (attempt !== null && (n > 1 || state !== 4))
    file.tables.run(
      "insert or replace into attempts(delivery, n, at, status, ms, reason, answer) values (?, ?, ?, ?, ?, ?, ?)",
      id,
      n,
      now,
      attempt.status,
      attempt.ms,
      attempt.reason,
      attempt.answer,
    );
  file.afterwards(() => {
    file.hot.end(lease);
    file.bornHot.delete(id);
    lane.loaded.delete(id);
    if (state === 3) file.stored(lane, due, now);
    else {
      (lane.account as Account).pending -= 1;
      file.hot.look(lane, now);
    }
  });
}

export function renew(
  file: StoreFile,
  leases: readonly Lease[],
  leaseMs: number,
  now: number,
): readonly Lease[] {
  file.hot.expire(now);
  return leases.filter((lease) => !file.hot.renew(lease, now + leaseMs));
}

export function gate(file: StoreFile, { scope, id, gate: name, closedMs }: GateChange, now: number): void {
  const until = closedMs === "forever" ? FOREVER : now + (closedMs ?? 0);
  if (closedMs === null)
    file.tables.run("delete from gates where scope = ? and id = ? and gate = ?", scope, id, name);
  else
    file.tables.run(
      "insert or replace into gates(scope, id, gate, until) values (?, ?, ?, ?)",
      scope,
      id,
      name,
      until,
    );
  const number = scope === "webhook" ? file.webhookNumber(id) : null;
  const lane = number === null ? undefined : file.laneIfAny(number);
  const gates = scope === "account" ? file.account(id).gates : lane?.gates;
  file.afterwards(() => {
    if (closedMs === null) gates?.delete(name);
    else gates?.set(name, until === FOREVER ? Number.POSITIVE_INFINITY : until);
    if (scope === "account") file.hot.lookAll(file.account(id), now);
    else if (lane !== undefined) file.hot.look(lane, now);
  });
}

export function gates(file: StoreFile, id: string, now: number): readonly GateRecord[] {
  const number = file.webhookNumber(id);
  if (number === null) return [];
  const lane = file.lane(number, now);
  return [...closedGates(lane.gates, "webhook", now), ...closedGates(lane.account.gates, "account", now)];
}

export function nextDueIn(file: StoreFile, now: number): number | null {
  file.hot.expire(now);
  return file.hot.nextIn(now);
}
