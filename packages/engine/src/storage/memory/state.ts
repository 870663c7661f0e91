import type { Clock } from "@heron-webhooks/core";
import { MonotonicClock } from "../../monotonic-clock.ts";
import { LocalQueue } from "../../queue/local-queue.ts";
import type { LocalWebhookQueue, QueuedEvent } from "../../queue/queued-delivery.ts";
import type { LabelRecord } from "../label-record.ts";
import type { AttemptRecord, WebhookRecord } from "../records.ts";
import type { NewEvent } from "../store.ts";
import type { WriteKeyRecord } from "../write-key-record.ts";

/** A stored event. */
export interface StoredEvent {
  readonly event: NewEvent;
  readonly queuedEvent: QueuedEvent;
  /** In milliseconds since 1970. */
  readonly publishedAt: number;
  /** The number of deliveries created. */
  readonly deliveryCount: number;
  readonly deliveries: StoredDelivery[];
}

/** A stored delivery. */
export interface StoredDelivery {
  readonly id: string;
  readonly sequence: number;
  readonly event: StoredEvent;
  readonly queue: LocalWebhookQueue;
  state: "pending" | "delivered" | "dead";
  dueAt: number;
  enqueuedAt: number;
  attemptsBeforeRequeue: number;
  readonly attempts: AttemptRecord[];
  reason: string | null;
}

/** A stored account. */
export interface StoredAccount {
  readonly events: Map<string, StoredEvent>;
  readonly users: Map<string, Readonly<Record<string, unknown>>>;
  readonly queues: Set<LocalWebhookQueue>;
  readonly labels: Map<string, LabelRecord>;
  readonly writeKeys: Map<string, WriteKeyRecord>;
  pendingCount: number;
}

/** The data of a memory store, and the operations that several calls share. */
export class MemoryState {
  readonly localQueue: LocalQueue = new LocalQueue();
  readonly accounts: Map<string, StoredAccount> = new Map();
  readonly deliveries: Map<string, StoredDelivery> = new Map();
  /** By hash. */
  readonly writeKeys: Map<string, WriteKeyRecord> = new Map();
  /** The order in which webhooks were created. */
  readonly webhookOrder: Map<string, number> = new Map();
  /** The total length of event bodies, in characters. */
  bodyLength = 0;
  readonly #clock: Pick<Clock, "now">;
  #sequence = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = new MonotonicClock(clock);
  }

  now(): number {
    return this.#clock.now();
  }

  getAccount(key: string): StoredAccount {
    let account = this.accounts.get(key);
    if (account === undefined) {
      account = {
        events: new Map(),
        users: new Map(),
        queues: new Set(),
        labels: new Map(),
        writeKeys: new Map(),
        pendingCount: 0,
      };
      this.accounts.set(key, account);
    }
    return account;
  }

  addWebhook(record: WebhookRecord): void {
    this.webhookOrder.set(record.id, ++this.#sequence);
    this.getAccount(record.account).queues.add(this.localQueue.addQueue(record, this.now()));
  }

  addDelivery(event: StoredEvent, queue: LocalWebhookQueue, now: number): void {
    const sequence = ++this.#sequence;
    const id = `dlv_${sequence.toString(36).padStart(8, "0")}`;
    const delivery: StoredDelivery = {
      id,
      sequence,
      event,
      queue,
      state: "pending",
      dueAt: now,
      enqueuedAt: now,
      attemptsBeforeRequeue: 0,
      attempts: [],
      reason: null,
    };
    this.deliveries.set(id, delivery);
    event.deliveries.push(delivery);
    this.getAccount(queue.record.account).pendingCount += 1;
    this.#enqueue(delivery, now);
  }

  /** Enqueues a delivery until it is due. */
  enqueueAt(delivery: StoredDelivery, due: number): void {
    delivery.dueAt = due;
    this.#enqueue(delivery, this.now());
  }

  /** Marks a delivery delivered or dead. */
  finish(delivery: StoredDelivery, state: "delivered" | "dead", reason: string | null): void {
    delivery.state = state;
    delivery.reason = reason;
    this.getAccount(delivery.queue.record.account).pendingCount -= 1;
    this.localQueue.reschedule(delivery.queue, this.now());
  }

  /** Makes a delivered or dead delivery pending again. */
  requeue(delivery: StoredDelivery): void {
    delivery.state = "pending";
    delivery.reason = null;
    delivery.enqueuedAt = this.now();
    delivery.attemptsBeforeRequeue = delivery.attempts.length;
    this.getAccount(delivery.queue.record.account).pendingCount += 1;
    this.enqueueAt(delivery, this.now());
  }

  #enqueue({ event, attempts, ...delivery }: StoredDelivery, now: number): void {
    this.localQueue.enqueue({ ...delivery, event: event.queuedEvent, attemptCount: attempts.length }, now);
  }
}
