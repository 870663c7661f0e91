import type { AttemptResult, ExpiredDelivery, Lease } from "../storage/store.ts";
import type { ActiveLease } from "./leases.ts";
import type { LocalQueue } from "./local-queue.ts";
import type { QueuedDelivery } from "./queued-delivery.ts";
import type { WebhookQueues } from "./webhook-queues.ts";

/** An attempt result together with its delivery. */
export interface PendingCompletion extends Pick<AttemptResult, "completion" | "attempt"> {
  readonly delivery: QueuedDelivery;
  /** The webhook's number. */
  readonly webhook: number;
}

/** A pending completion with its lease. */
interface LeasedCompletion extends PendingCompletion {
  readonly activeLease: ActiveLease;
}

export interface LocalCompleterContext {
  readonly localQueue: LocalQueue;
  readonly queues: WebhookQueues;
  readonly now: () => number;
  /** Writes the results. Returns those that another owner holds by now, which were not written. */
  readonly write: (completions: readonly PendingCompletion[]) => Promise<ReadonlySet<PendingCompletion>>;
}

/** Completes deliveries: first in the store, then in memory. */
export class LocalCompleter {
  readonly #context: LocalCompleterContext;

  constructor(context: LocalCompleterContext) {
    this.#context = context;
  }

  /** Returns the leases that were lost. */
  async complete(results: readonly AttemptResult[]): Promise<readonly Lease[]> {
    const { localQueue, queues, now } = this.#context;
    const lost: Lease[] = [];
    const completions: LeasedCompletion[] = [];
    for (const { lease, completion, attempt } of results) {
      const activeLease = localQueue.beginCompletion(lease, now());
      if (activeLease === undefined) lost.push(lease);
      else {
        const { delivery } = activeLease;
        completions.push({
          activeLease,
          delivery,
          webhook: queues.getNumber(delivery.queue) ?? 0,
          completion,
          attempt,
        });
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

  /** Expires the overdue deliveries in memory. */
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
      return expiring
        .filter((expiredCompletion) => !rejected.has(expiredCompletion))
        .map(({ delivery }) => toExpiredDelivery(delivery));
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

  /** Enqueues the delivery again, unless its webhook was deleted. */
  #requeue(delivery: QueuedDelivery): void {
    const { localQueue, now } = this.#context;
    if (localQueue.getQueue(delivery.queue.record.id) === delivery.queue) localQueue.enqueue(delivery, now());
  }
}

/** A released delivery without an attempt has nothing to write. */
function needsWrite({ completion, attempt }: PendingCompletion): boolean {
  return completion.state !== "release" || attempt !== null;
}

function toExpiredDelivery({ id, queue, event, attemptCount }: QueuedDelivery): ExpiredDelivery {
  const { id: webhook, account } = queue.record;
  return { delivery: id, webhook, account, topic: event.topic, attemptCount };
}
