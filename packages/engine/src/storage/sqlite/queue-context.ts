import type { LocalQueue } from "../../queue/local-queue.ts";
import type { WebhookQueues } from "../../queue/webhook-queues.ts";
import type { FileThread } from "./thread.ts";

/** The deliveries in memory, and the thread that owns the file behind them. */
export interface QueueContext {
  readonly thread: FileThread;
  readonly localQueue: LocalQueue;
  readonly queues: WebhookQueues;
  readonly now: () => number;
}
