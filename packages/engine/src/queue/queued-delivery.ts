import type { WebhookRecord } from "../storage/records.ts";
import type { AccountQueue } from "./scheduler.ts";
import { WebhookQueue } from "./webhook-queue.ts";

/** An event with deliveries in memory. */
export interface QueuedEvent {
  readonly topic: string;
  readonly body: string;
  /** The user's properties at publish time, as JSON; null if there are none. */
  readonly user: string | null;
  /** The span in which the event was emitted; null if there was none. */
  readonly traceparent: string | null;
}

/** A delivery in memory, waiting or leased. */
export interface QueuedDelivery {
  readonly id: string;
  /** Orders deliveries that are due at the same time. */
  readonly sequence: number;
  readonly event: QueuedEvent;
  readonly queue: LocalWebhookQueue;
  readonly attemptCount: number;
  /** The attempt count when the delivery was last requeued. */
  readonly attemptsBeforeRequeue: number;
  /** When the delivery was last enqueued, in milliseconds since 1970. */
  readonly enqueuedAt: number;
  readonly dueAt: number;
}

/** The queue of one webhook. */
export class LocalWebhookQueue extends WebhookQueue<QueuedDelivery> {
  readonly account: AccountQueue<QueuedDelivery>;

  constructor(account: AccountQueue<QueuedDelivery>, record: WebhookRecord, now: number) {
    super(record, now);
    this.account = account;
  }
}
