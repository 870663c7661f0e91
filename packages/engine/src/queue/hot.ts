import type { GateChange } from "../storage/gates.ts";
import type { WebhookRecord } from "../storage/records.ts";
import type { Claim, ClaimRequest, Lease } from "../storage/store.ts";
import { type HotDelivery, HotLane } from "./hot-delivery.ts";
import { Leases, type LiveLease } from "./leases.ts";
import { Scheduler, Turns } from "./scheduler.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** About so many deliveries are brought into memory, and one of each webhook beyond. */
const MOST = 16_000;
/** So many at once; in a full memory so many, as long as no more webhooks wait for their turn than that. */
const MOST_LOADED = 1024;
const LEAST_LOADED = 64;

/** What is in memory of a store: who has work, whose turn it is, what is leased, which gates are closed. */
export class Hot {
  readonly #accounts = new Map<string, Turns<HotDelivery>>();
  readonly #lanes = new Map<string, HotLane>();
  readonly #scheduler = new Scheduler<HotDelivery>();
  readonly #leases = new Leases();
  /** No lease ends sooner. */
  #firstEnd = NEVER;
  /** How many deliveries wait in memory, or are leased. */
  #count = 0;

  account(key: string): Turns<HotDelivery> {
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = new Turns<HotDelivery>();
      this.#accounts.set(key, account);
    }
    return account;
  }

  lane(id: string): HotLane | undefined {
    return this.#lanes.get(id);
  }

  /** Every webhook that is in memory, in the order in which they came. */
  lanes(): readonly HotLane[] {
    return [...this.#lanes.values()];
  }

  addLane(record: WebhookRecord, now: number): HotLane {
    const account = this.account(record.account);
    const lane = new HotLane(account, record, now);
    account.lanes.add(lane);
    this.#lanes.set(record.id, lane);
    return lane;
  }

  /** A webhook is no more, nor is what waited for it. */
  removeLane(id: string): void {
    const lane = this.#lanes.get(id);
    if (lane === undefined) return;
    this.#lanes.delete(id);
    lane.account.lanes.delete(lane);
    this.#count -= lane.waiting.length;
    if (lane.account.lanes.size + lane.account.gates.size === 0) this.#accounts.delete(lane.record.account);
    for (const live of this.#leases) if (live.delivery.lane === lane) this.end(live);
  }

  /** A webhook was changed. */
  change(record: WebhookRecord, now: number): void {
    const lane = this.#lanes.get(record.id);
    if (lane === undefined || lane.record.version >= record.version) return;
    lane.record = record;
    this.look(lane, now);
  }

  gate({ scope, id, gate, closedMs }: GateChange, now: number): void {
    const lane = scope === "webhook" ? this.#lanes.get(id) : undefined;
    const gates = scope === "account" ? this.account(id).gates : lane?.gates;
    if (closedMs === null) gates?.delete(gate);
    else gates?.set(gate, closedMs === "forever" ? NEVER : now + closedMs);
    if (lane !== undefined) this.look(lane, now);
    if (scope === "account") for (const one of this.account(id).lanes) this.look(one as HotLane, now);
  }

  look(lane: HotLane, now: number): void {
    this.#scheduler.look(lane.account, lane, now);
  }

  /** How many deliveries of each are to be brought into memory, of so many webhooks that are asked for at once. */
  loadable(webhooks: number): number {
    const least = this.#scheduler.waiting > LEAST_LOADED ? 0 : LEAST_LOADED;
    const most = Math.max(least, Math.min(MOST_LOADED, MOST - this.#count));
    return Math.max(1, Math.floor(most / webhooks));
  }

  /** Has a delivery wait. */
  add(delivery: HotDelivery): void {
    this.#count += 1;
    delivery.lane.waiting.push(delivery);
  }

  push(delivery: HotDelivery, now: number): void {
    this.add(delivery);
    this.look(delivery.lane, now);
  }

  claim({ worker, max, leaseMs }: ClaimRequest, now: number): Claim[] {
    this.#expire(now);
    const claims: Claim[] = [];
    while (claims.length < max) {
      const turn = this.#scheduler.next(now);
      if (turn === undefined) break;
      const { lease } = this.#leases.grant(worker, turn.item, now + leaseMs);
      this.#firstEnd = Math.min(this.#firstEnd, now + leaseMs);
      claims.push(claimOf(lease, turn.item, now));
    }
    return claims;
  }

  /** Webhooks whose next deliveries must be brought into memory before they can be served. */
  hungry(most: number, now: number): readonly HotLane[] {
    return this.#scheduler.hungry(most, now) as readonly HotLane[];
  }

  /** What was asked for of a webhook is in memory, or will not come. */
  fed(lane: HotLane, now: number): void {
    this.#scheduler.fed(lane.account, lane, now);
  }

  /**
   * The lease of a delivery whose attempt has ended, to be settled; undefined if it was lost, or is being settled already.
   * It lasts until its {@link end}, or until its settling {@link failed}.
   */
  settling(lease: Lease, now: number): LiveLease | undefined {
    this.#expire(now);
    const live = this.#leases.get(lease);
    if (live === undefined || live.settling) return undefined;
    live.settling = true;
    live.delivery.lane.unsettled += 1;
    if (!live.ended) live.delivery.lane.live -= 1;
    live.ended = true;
    this.look(live.delivery.lane, now);
    return live;
  }

  /** What came of it could not be written down: it may be settled once more. */
  failed(live: LiveLease): void {
    // Its webhook may have been removed, and it with that.
    if (this.#leases.get(live.lease) !== live) return;
    live.settling = false;
    live.delivery.lane.unsettled -= 1;
  }

  /** False if it was lost. */
  renew(lease: Lease, leaseMs: number, now: number): boolean {
    this.#expire(now);
    const live = this.#leases.get(lease);
    if (live === undefined || live.settling) return false;
    live.until = now + leaseMs;
    return true;
  }

  /** The lease is over; whoever ends it says what becomes of the delivery. */
  end(live: LiveLease): void {
    // Its webhook may have been removed, and it with that.
    if (!this.#delete(live)) return;
    if (!live.ended) live.delivery.lane.live -= 1;
    if (live.settling) live.delivery.lane.unsettled -= 1;
  }

  /** Takes out up to `max` deliveries that wait and were due at `before` already, behind whatever gate. */
  takeOverdue(before: number, max: number, now: number): readonly HotDelivery[] {
    this.#expire(now);
    const taken: HotDelivery[] = [];
    for (const { waiting } of this.#lanes.values())
      while (taken.length < max && (waiting.peek()?.due ?? NEVER) <= before)
        taken.push(waiting.pop() as HotDelivery);
    this.#count -= taken.length;
    return taken;
  }

  #delete(live: LiveLease): boolean {
    const wasThere = this.#leases.delete(live);
    if (wasThere) this.#count -= 1;
    return wasThere;
  }

  /** Everything that is in memory, waiting or leased. */
  *deliveries(): Generator<HotDelivery, void, undefined> {
    for (const { waiting } of this.#lanes.values()) yield* waiting.items();
    for (const { delivery } of this.#leases) yield delivery;
  }

  /** In how many milliseconds something may become claimable by time alone; null for never. */
  nextIn(now: number): number | null {
    this.#expire(now);
    this.#firstEnd = NEVER;
    for (const { until, settling } of this.#leases)
      if (!settling) this.#firstEnd = Math.min(this.#firstEnd, until);
    const next = Math.min(this.#scheduler.nextIn(now) ?? NEVER, this.#firstEnd - now);
    return next === NEVER ? null : next;
  }

  /** Ends the leases whose time is over: their deliveries wait again, as they were. */
  #expire(now: number): void {
    if (now < this.#firstEnd) return;
    this.#firstEnd = NEVER;
    // What is being written down is not attempted again meanwhile.
    for (const live of this.#leases)
      if (live.settling) continue;
      else if (live.until <= now) {
        this.end(live);
        this.push(live.delivery, now);
      } else this.#firstEnd = Math.min(this.#firstEnd, live.until);
  }
}

function claimOf(
  lease: Lease,
  { id, event, lane, attempts, attemptsBefore, owedSince }: HotDelivery,
  now: number,
): Claim {
  return {
    lease,
    delivery: id,
    account: lane.record.account,
    webhook: lane.record.id,
    version: lane.record.version,
    topic: event.topic,
    body: event.body,
    user: event.user,
    traceparent: event.traceparent,
    attempts,
    tried: attempts - attemptsBefore,
    ageMs: now - owedSince,
    probe: lane.gates.has("circuit"),
  };
}
