import type { ExpiredDelivery, Lease, AttemptResult } from "../storage/store.ts";
import type { LocalQueue } from "./local-queue.ts";
import type { QueuedDelivery } from "./queued-delivery.ts";
import type { WebhookQueues } from "./webhook-queues.ts";
import type { ActiveLease } from "./leases.ts";

/** A settlement, with what is known of its delivery. */
export interface PendingCompletion extends Pick<AttemptResult, "completion" | "attempt"> {
  readonly delivery: QueuedDelivery;
  /** The webhook's number. */
  readonly webhook: number;
}

/** A delivery that is being settled, with its lease. */
interface LeasedCompletion extends PendingCompletion {
  readonly activeLease: ActiveLease;
}

export interface LocalCompleterContext {
  readonly localQueue: LocalQueue;
  readonly queues: WebhookQueues;
  readonly now: () => number;
  /** Writes down what became of them; gives back those that belong to somebody else by now, of which nothing was written. */
  readonly write: (completions: readonly PendingCompletion[]) => Promise<ReadonlySet<PendingCompletion>>;
}

/** Settles: where it is kept, and only then out of memory. */
export class LocalCompleter {
  readonly #context: LocalCompleterContext;

  constructor(context: LocalCompleterContext) {
    this.#context = context;
  }

  /** Gives back the leases that were lost. */
  async complete(results: readonly AttemptResult[]): Promise<readonly Lease[]> {
    const { localQueue, queues, now } = this.#context;
    const lost: Lease[] = [];
    const completions: LeasedCompletion[] = [];
    for (const { lease, completion, attempt } of results) {
      const activeLease = localQueue.beginCompletion(lease, now());
      if (activeLease === undefined) lost.push(lease);
      else {
        const { delivery } = activeLease;
        completions.push({ activeLease, delivery, webhook: queues.getNumber(delivery.queue) ?? 0, completion, attempt });
      }
    }
    const rejected = await this.#write(completions);
    const completedAt = now();
    for (const leasedCompletion of completions) {
      if (rejected.has(leasedCompletion)) lost.push(leasedCompletion.activeLease.lease);
      this.#finish(leasedCompletion, completedAt, rejected.has(leasedCompletion));
    }
    return lost;
  }

  /** Has die what is overdue in memory. */
  async expire(olderThanMs: number, max: number): Promise<readonly ExpiredDelivery[]> {
    const { localQueue, queues, now, write } = this.#context;
    const overdue = localQueue.takeOverdue(now() - olderThanMs, max, now());
    if (overdue.length === 0) return [];
    const expiring = overdue.map((delivery): PendingCompletion => {
      const completion = { state: "dead", reason: "expired" } as const;
      const webhook = queues.getNumber(delivery.queue) ?? 0;
      return { delivery, webhook, completion, attempt: null };
    });
    try {
      const rejected = await write(expiring);
      return expiring.filter((expiredCompletion) => !rejected.has(expiredCompletion)).map(({ delivery }) => toExpiredDelivery(delivery));
    } catch (error) {
      for (const delivery of overdue) this.#requeue(delivery);
      throw error;
    }
  }

  async #write(completions: readonly LeasedCompletion[]): Promise<ReadonlySet<PendingCompletion>> {
    const writes = completions.filter(needsWrite);
    if (writes.length === 0) return new Set();
    try {
      return await this.#context.write(writes);
    } catch (error) {
      for (const { activeLease } of completions) this.#context.localQueue.abortCompletion(activeLease);
      throw error;
    }
  }

  #finish(completion: LeasedCompletion, now: number, isRejected: boolean): void {
    const { localQueue } = this.#context;
    localQueue.endLease(completion.activeLease);
    if (needsWrite(completion) || isRejected) localQueue.reschedule(completion.delivery.queue, now);
    else this.#requeue(completion.delivery);
  }

  /** It waits again, as it was, unless its webhook was removed meanwhile. */
  #requeue(delivery: QueuedDelivery): void {
    const { localQueue, now } = this.#context;
    if (localQueue.getQueue(delivery.queue.record.id) === delivery.queue) localQueue.enqueue(delivery, now());
  }
}

/** What is handed back as it was is nothing that must be written down. */
function needsWrite({ completion, attempt }: PendingCompletion): boolean {
  return completion.state !== "release" || attempt !== null;
}

function toExpiredDelivery({ id, queue, event, attemptCount }: QueuedDelivery): ExpiredDelivery {
  const { id: webhook, account } = queue.record;
  return { delivery: id, webhook, account, topic: event.topic, attemptCount };
}
