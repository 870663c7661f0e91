import type { WebhookRecord } from "../storage/records.ts";
import { WebhookQueue } from "./webhook-queue.ts";
import type { AccountQueue } from "./scheduler.ts";

/** An event, as long as a delivery of it is in memory. */
export interface QueuedEvent {
  readonly topic: string;
  readonly body: string;
  /** The user's properties as they were, as JSON; null for none. */
  readonly user: string | null;
  /** The span it was emitted in; null for none. */
  readonly traceparent: string | null;
}

/** A delivery in memory, that waits or is leased. */
export interface QueuedDelivery {
  readonly id: string;
  /** Of deliveries that are due at the same time the older goes first. */
  readonly sequence: number;
  readonly event: QueuedEvent;
  readonly queue: LocalWebhookQueue;
  readonly attemptCount: number;
  /** How many attempts there were when it was last made pending. */
  readonly attemptsBeforeRequeue: number;
  /** When it was last made pending, in milliseconds since 1970. */
  readonly enqueuedAt: number;
  readonly dueAt: number;
}

/** A webhook with work. */
export class LocalWebhookQueue extends WebhookQueue<QueuedDelivery> {
  readonly account: AccountQueue<QueuedDelivery>;

  constructor(account: AccountQueue<QueuedDelivery>, record: WebhookRecord, now: number) {
    super(record, now);
    this.account = account;
  }
}
