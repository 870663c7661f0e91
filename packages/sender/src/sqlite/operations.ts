import { closedGates } from "../schedule/lane.ts";
import type { Claim, ClaimRequest, GateChange, GateRecord, Lease, Settlement } from "../store/store.ts";
import { type Account, FOREVER, type StoreFile } from "./file.ts";
import type { HotDelivery } from "./hot.ts";

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
