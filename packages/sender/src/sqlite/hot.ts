import { Lane } from "../schedule/lane.ts";
import { Scheduler, type Turns } from "../schedule/scheduler.ts";
import type { WebhookRecord } from "../store/records.ts";
import type { Claim, ClaimRequest, Lease } from "../store/store.ts";

/** An event, as long as a delivery of it is in memory. */
export interface HotEvent {
  readonly topic: string;
  readonly body: string;
  readonly user: string | null;
  readonly at: number;
}

/** A delivery in memory. */
export interface HotDelivery {
  readonly id: number;
  /** Of deliveries that are due at the same time the older goes first. */
  readonly sequence: number;
  readonly event: HotEvent;
  readonly lane: HotLane;
  readonly attempts: number;
  due: number;
}

/** A webhook with work. */
export class HotLane extends Lane<HotDelivery> {
  readonly number: number;
  readonly account: Turns<HotDelivery>;
  /** What of the waiting rows is in memory. */
  readonly loaded: Set<number> = new Set();

  constructor(number: number, account: Turns<HotDelivery>, record: WebhookRecord, now: number) {
    super(record, now);
    this.number = number;
    this.account = account;
  }
}

/** What is in memory of a file: who has work, whose turn it is, and what is leased. The file is the truth. */
export class Hot {
  readonly #scheduler = new Scheduler<HotDelivery>();
  readonly #leases = new Map<Lease, { readonly delivery: HotDelivery; until: number }>();
  #sequence = 0;

  look(lane: HotLane, now: number): void {
    this.#scheduler.look(lane.account, lane, now);
  }

  lookAll(account: Turns<HotDelivery>, now: number): void {
    for (const lane of account.lanes) this.#scheduler.look(account, lane, now);
  }

  push(delivery: HotDelivery, now: number): void {
    delivery.lane.waiting.push(delivery);
    this.look(delivery.lane, now);
  }

  /** Ends the leases whose time is over: their deliveries wait again, as they were. */
  expire(now: number): void {
    for (const [lease, { delivery, until }] of this.#leases)
      if (until <= now) {
        this.end(lease);
        delivery.due = now;
        this.push(delivery, now);
      }
  }

  claim(
    { worker, max, leaseMs }: ClaimRequest,
    idOf: (number: number) => string,
    now: number,
  ): readonly Claim[] {
    const claims: Claim[] = [];
    while (claims.length < max) {
      const turn = this.#scheduler.next(now);
      if (turn === undefined) break;
      const { id, event, lane, attempts } = turn.item;
      const lease = `${worker}/${id}/${++this.#sequence}`;
      this.#leases.set(lease, { delivery: turn.item, until: now + leaseMs });
      claims.push({
        lease,
        delivery: idOf(id),
        account: lane.record.account,
        webhook: lane.record.id,
        version: lane.record.version,
        topic: event.topic,
        body: event.body,
        user: event.user,
        attempts,
        ageMs: now - event.at,
        probe: lane.gates.has("circuit"),
      });
    }
    return claims;
  }

  leased(lease: Lease): HotDelivery | undefined {
    return this.#leases.get(lease)?.delivery;
  }

  renew(lease: Lease, until: number): boolean {
    const live = this.#leases.get(lease);
    if (live !== undefined) live.until = until;
    return live !== undefined;
  }

  /** The lease is over; whoever ends it says what becomes of the delivery. */
  end(lease: Lease): void {
    const live = this.#leases.get(lease);
    if (live === undefined) return;
    this.#leases.delete(lease);
    live.delivery.lane.live -= 1;
  }

  /** A webhook is no more, nor is what waited for it. */
  remove(lane: HotLane): void {
    lane.account.lanes.delete(lane);
    for (const [lease, { delivery }] of this.#leases) if (delivery.lane === lane) this.#leases.delete(lease);
  }

  nextIn(now: number): number | null {
    let next = this.#scheduler.nextIn(now);
    for (const { until } of this.#leases.values()) next = Math.min(next ?? until - now, until - now);
    return next;
  }
}
