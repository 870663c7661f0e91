import type { Clock } from "@heron-webhooks/core";
import { Lane } from "../schedule/lane.ts";
import { Scheduler, Turns } from "../schedule/scheduler.ts";
import type { AttemptRecord, WebhookRecord } from "../store/records.ts";
import type { Claim, ClaimRequest, NewEvent } from "../store/store.ts";

/** An event in memory, with its user's properties as they were. */
export interface StoredEvent {
  readonly event: NewEvent;
  readonly user: string | null;
  readonly at: number;
  readonly deliveries: Delivery[];
}

/** A delivery in memory. */
export interface Delivery {
  readonly id: string;
  readonly sequence: number;
  readonly event: StoredEvent;
  readonly lane: Lane<Delivery>;
  state: "waiting" | "leased" | "delivered" | "dead";
  due: number;
  attempts: AttemptRecord[];
  reason: string | null;
}

/** An account in memory. */
export class Account extends Turns<Delivery> {
  readonly events: Map<string, StoredEvent> = new Map();
  readonly users: Map<string, Readonly<Record<string, unknown>>> = new Map();
  pending = 0;
}

/** A lease that has not ended. */
export interface LiveLease {
  readonly delivery: Delivery;
  until: number;
}

/** Everything that a memory store holds, and the moves that more than one operation makes. */
export class State {
  readonly accounts: Map<string, Account> = new Map();
  readonly lanes: Map<string, Lane<Delivery>> = new Map();
  readonly deliveries: Map<string, Delivery> = new Map();
  readonly leases: Map<string, LiveLease> = new Map();
  readonly #scheduler = new Scheduler<Delivery>();
  readonly #clock: Pick<Clock, "now">;
  #sequence = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** The time now, once the leases that it ended have been seen to. */
  now(): number {
    const now = this.#clock.now();
    for (const [lease, { delivery, until }] of this.leases) if (until <= now) this.wait(lease, delivery, now);
    return now;
  }

  account(id: string): Account {
    let account = this.accounts.get(id);
    if (account === undefined) {
      account = new Account();
      this.accounts.set(id, account);
    }
    return account;
  }

  addLane(record: WebhookRecord): void {
    const lane = new Lane<Delivery>(record, this.#clock.now());
    this.lanes.set(record.id, lane);
    this.account(record.account).lanes.add(lane);
  }

  addDelivery(event: StoredEvent, lane: Lane<Delivery>, now: number): void {
    const sequence = ++this.#sequence;
    const delivery: Delivery = {
      id: `dlv_${sequence.toString(36).padStart(8, "0")}`,
      sequence,
      event,
      lane,
      state: "waiting",
      due: now,
      attempts: [],
      reason: null,
    };
    this.deliveries.set(delivery.id, delivery);
    event.deliveries.push(delivery);
    this.account(lane.record.account).pending += 1;
    this.#push(delivery, now);
  }

  /** The lease is over: the delivery waits again, as it was, until it is due. */
  wait(lease: string, delivery: Delivery, due: number): void {
    this.#end(lease, delivery);
    delivery.state = "waiting";
    delivery.due = due;
    this.#push(delivery, this.#clock.now());
  }

  /** The lease is over, and the delivery with it. */
  finish(lease: string, delivery: Delivery, state: "delivered" | "dead", reason: string | null): void {
    this.#end(lease, delivery);
    delivery.state = state;
    delivery.reason = reason;
    const account = this.account(delivery.lane.record.account);
    account.pending -= 1;
    this.#scheduler.look(account, delivery.lane, this.#clock.now());
  }

  /** A settled delivery is owed again. */
  revive(delivery: Delivery): void {
    delivery.state = "waiting";
    delivery.due = this.#clock.now();
    delivery.reason = null;
    this.account(delivery.lane.record.account).pending += 1;
    this.#push(delivery, delivery.due);
  }

  /** Looks at webhooks anew, after a change to them or to their account. */
  look(lanes: Iterable<Lane<Delivery>>): void {
    for (const lane of lanes)
      this.#scheduler.look(this.account(lane.record.account), lane, this.#clock.now());
  }

  claim({ worker, max, leaseMs }: ClaimRequest): readonly Claim[] {
    const now = this.now();
    const claims: Claim[] = [];
    while (claims.length < max) {
      const turn = this.#scheduler.next(now);
      if (turn === undefined) break;
      claims.push(this.#lease(turn.item, worker, leaseMs, now));
    }
    return claims;
  }

  nextDueIn(): number | null {
    const now = this.now();
    const times = [...this.leases.values()].map(({ until }) => until - now);
    const next = this.#scheduler.nextIn(now);
    if (next !== null) times.push(next);
    return times.length === 0 ? null : Math.min(...times);
  }

  #push(delivery: Delivery, now: number): void {
    delivery.lane.waiting.push(delivery);
    this.#scheduler.look(this.account(delivery.lane.record.account), delivery.lane, now);
  }

  #end(lease: string, delivery: Delivery): void {
    this.leases.delete(lease);
    delivery.lane.live -= 1;
  }

  #lease(delivery: Delivery, worker: string, leaseMs: number, now: number): Claim {
    const lease = `${worker}/${delivery.id}/${++this.#sequence}`;
    delivery.state = "leased";
    this.leases.set(lease, { delivery, until: now + leaseMs });
    const { event, user, at } = delivery.event;
    const { id, account, version } = delivery.lane.record;
    return {
      lease,
      delivery: delivery.id,
      account,
      webhook: id,
      version,
      topic: event.topic,
      body: event.body,
      user,
      attempts: delivery.attempts.length,
      ageMs: now - at,
      probe: delivery.lane.gates.has("circuit"),
    };
  }
}
