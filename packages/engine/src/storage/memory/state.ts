import type { Clock } from "@heron-webhooks/core";
import { Hot } from "../../queue/hot.ts";
import type { HotEvent, HotLane } from "../../queue/hot-delivery.ts";
import { SteadyClock } from "../../steady-clock.ts";
import type { LabelRecord } from "../label-record.ts";
import type { AttemptRecord, WebhookRecord } from "../records.ts";
import type { NewEvent } from "../store.ts";
import type { WriteKeyRecord } from "../write-key-record.ts";

/** An event in memory. */
export interface StoredEvent {
  readonly event: NewEvent;
  readonly hot: HotEvent;
  /** When it was published, in milliseconds since 1970. */
  readonly at: number;
  /** How many deliveries it made. */
  readonly made: number;
  readonly deliveries: Delivery[];
}

/** A delivery in memory, for the whole of its life. */
export interface Delivery {
  readonly id: string;
  readonly sequence: number;
  readonly event: StoredEvent;
  readonly lane: HotLane;
  state: "pending" | "delivered" | "dead";
  due: number;
  owedSince: number;
  attemptsBefore: number;
  readonly attempts: AttemptRecord[];
  reason: string | null;
}

/** An account in memory. */
export interface Account {
  readonly events: Map<string, StoredEvent>;
  readonly users: Map<string, Readonly<Record<string, unknown>>>;
  readonly lanes: Set<HotLane>;
  readonly labels: Map<string, LabelRecord>;
  readonly writeKeys: Map<string, WriteKeyRecord>;
  pending: number;
}

/** Everything that a memory store holds, and the moves that more than one operation makes. */
export class State {
  readonly hot: Hot = new Hot();
  readonly accounts: Map<string, Account> = new Map();
  readonly deliveries: Map<string, Delivery> = new Map();
  /** By their hashes. */
  readonly writeKeys: Map<string, WriteKeyRecord> = new Map();
  /** The place of each webhook in the order in which they came. */
  readonly order: Map<string, number> = new Map();
  /** How much the bodies of events are together, in characters. */
  bytes = 0;
  readonly #clock: Pick<Clock, "now">;
  #sequence = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = new SteadyClock(clock);
  }

  now(): number {
    return this.#clock.now();
  }

  account(key: string): Account {
    let account = this.accounts.get(key);
    if (account === undefined) {
      account = {
        events: new Map(),
        users: new Map(),
        lanes: new Set(),
        labels: new Map(),
        writeKeys: new Map(),
        pending: 0,
      };
      this.accounts.set(key, account);
    }
    return account;
  }

  addWebhook(record: WebhookRecord): void {
    this.order.set(record.id, ++this.#sequence);
    this.account(record.account).lanes.add(this.hot.addLane(record, this.now()));
  }

  addDelivery(event: StoredEvent, lane: HotLane, now: number): void {
    const sequence = ++this.#sequence;
    const id = `dlv_${sequence.toString(36).padStart(8, "0")}`;
    const delivery: Delivery = {
      id,
      sequence,
      event,
      lane,
      state: "pending",
      due: now,
      owedSince: now,
      attemptsBefore: 0,
      attempts: [],
      reason: null,
    };
    this.deliveries.set(id, delivery);
    event.deliveries.push(delivery);
    this.account(lane.record.account).pending += 1;
    this.#push(delivery, now);
  }

  /** A delivery waits until it is due. */
  wait(delivery: Delivery, due: number): void {
    delivery.due = due;
    this.#push(delivery, this.now());
  }

  /** A delivery is owed no more. */
  finish(delivery: Delivery, state: "delivered" | "dead", reason: string | null): void {
    delivery.state = state;
    delivery.reason = reason;
    this.account(delivery.lane.record.account).pending -= 1;
    this.hot.look(delivery.lane, this.now());
  }

  /** A settled delivery is owed again. */
  revive(delivery: Delivery): void {
    delivery.state = "pending";
    delivery.reason = null;
    delivery.owedSince = this.now();
    delivery.attemptsBefore = delivery.attempts.length;
    this.account(delivery.lane.record.account).pending += 1;
    this.wait(delivery, this.now());
  }

  #push({ event, attempts, ...delivery }: Delivery, now: number): void {
    this.hot.push({ ...delivery, event: event.hot, attempts: attempts.length }, now);
  }
}
