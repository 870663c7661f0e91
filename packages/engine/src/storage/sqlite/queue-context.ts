import type { LocalQueue } from "../../queue/local-queue.ts";
import type { WebhookQueues } from "../../queue/webhook-queues.ts";
import type { FileThread } from "./thread.ts";

/** What is about to be delivered, in memory, and the thread with the file that it stands behind. */
export interface QueueContext {
  readonly thread: FileThread;
  readonly localQueue: LocalQueue;
  readonly queues: WebhookQueues;
  readonly now: () => number;
}
