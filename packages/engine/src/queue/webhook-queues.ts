import type { PauseChange } from "../storage/pauses.ts";
import type { WebhookRecord } from "../storage/records.ts";
import { yieldToEventLoop } from "../yield-to-event-loop.ts";
import type { LocalQueue } from "./local-queue.ts";
import type { LocalWebhookQueue } from "./queued-delivery.ts";

/** A webhook that the scheduler does not have yet. */
export interface RegisteredWebhook {
  readonly number: number;
  readonly record: WebhookRecord;
  /** The pauses of the webhook and its account. `until` is `Infinity` if a pause has no end. */
  readonly pauses: readonly {
    readonly scope: PauseChange["scope"];
    readonly reason: PauseChange["reason"];
    readonly until: number;
  }[];
}

/** A webhook with deliveries outside memory, and when the first of them is due. */
export interface StoredBacklog {
  readonly webhook: number;
  readonly dueAt: number | null;
  /** The sequence of the first delivery, which orders it among others due at the same time; omitted if unknown. */
  readonly sequence?: number | undefined;
  /** Replaces the known backlog instead of extending it. */
  readonly isReplacement: boolean;
}

/** Above this number of webhooks in memory, idle ones are evicted. */
const MAX_CACHED_WEBHOOKS = 20_000;

/** The queues in memory, by their webhook's number in the store. */
export class WebhookQueues {
  readonly #localQueue: LocalQueue;
  readonly #byNumber = new Map<number, LocalWebhookQueue>();
  readonly #numbers = new Map<LocalWebhookQueue, number>();
  #evictionThreshold = MAX_CACHED_WEBHOOKS;

  constructor(localQueue: LocalQueue) {
    this.#localQueue = localQueue;
  }

  get(number: number): LocalWebhookQueue | undefined {
    return this.#byNumber.get(number);
  }

  getNumber(queue: LocalWebhookQueue): number | undefined {
    return this.#numbers.get(queue);
  }

  register({ number, record, pauses }: RegisteredWebhook, now: number): void {
    const queue = this.#localQueue.getQueue(record.id) ?? this.#localQueue.addQueue(record, now);
    this.#byNumber.set(number, queue);
    this.#numbers.set(queue, number);
    for (const { scope, reason, until } of pauses)
      (scope === "account" ? queue.account : queue).pauses.set(reason, until);
  }

  /** Applies a change of a webhook or its pauses that another process made. */
  update({ number, record, pauses }: RegisteredWebhook, now: number): void {
    const queue = this.#byNumber.get(number);
    if (queue === undefined) return;
    this.#localQueue.updateWebhook(record, now);
    queue.pauses.clear();
    queue.account.pauses.clear();
    this.register({ number, record, pauses }, now);
    // The account's pauses apply to all its webhooks.
    for (const accountQueue of queue.account.queues)
      this.#localQueue.reschedule(accountQueue as LocalWebhookQueue, now);
  }

  updateStored({ webhook, dueAt, sequence = 0, isReplacement }: StoredBacklog, now: number): void {
    const queue = this.#byNumber.get(webhook);
    if (queue === undefined) return;
    const knownDueAt = isReplacement ? null : queue.storedDueAt;
    if (knownDueAt === null || (dueAt !== null && dueAt < knownDueAt)) {
      queue.storedDueAt = dueAt ?? knownDueAt;
      queue.storedSequence = sequence;
    } else if (dueAt === knownDueAt) queue.storedSequence = Math.min(queue.storedSequence, sequence);
    this.#localQueue.reschedule(queue, now);
  }

  listNumbers(): readonly number[] {
    return [...this.#byNumber.keys()];
  }

  remove(id: string): void {
    const queue = this.#localQueue.getQueue(id);
    if (queue === undefined) return;
    this.#localQueue.removeQueue(id);
    this.#byNumber.delete(this.#numbers.get(queue) ?? 0);
    this.#numbers.delete(queue);
  }

  /**
   * Evicts idle webhooks from the store's cache and from memory if there are many. They are registered again when they
   * have deliveries.
   */
  async evictIdle(evict: (numbers: readonly number[]) => Promise<void>): Promise<void> {
    if (this.#byNumber.size < this.#evictionThreshold) return;
    // Also if it fails, the next try comes after many more webhooks.
    this.#evictionThreshold = this.#byNumber.size + MAX_CACHED_WEBHOOKS;
    const idle = [...this.#byNumber].filter(([, queue]) => queue.isIdle).map(([number]) => number);
    await evict(idle);
    // Events published in the same transaction are enqueued by then, and their webhooks are no longer idle.
    await yieldToEventLoop();
    for (const number of idle) {
      const queue = this.#byNumber.get(number);
      // A queue with new deliveries stays; the store registers its webhook again.
      if (queue?.isIdle === true) this.remove(queue.record.id);
    }
    this.#evictionThreshold = Math.max(MAX_CACHED_WEBHOOKS, this.#byNumber.size * 2);
  }
}
