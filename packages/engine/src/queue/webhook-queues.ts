import type { PauseChange } from "../storage/pauses.ts";
import type { WebhookRecord } from "../storage/records.ts";
import { yieldToEventLoop } from "../yield-to-event-loop.ts";
import type { LocalQueue } from "./local-queue.ts";
import type { LocalWebhookQueue } from "./queued-delivery.ts";

/** A webhook that is new to whoever schedules. */
export interface RegisteredWebhook {
  readonly number: number;
  readonly record: WebhookRecord;
  /** The gates of the webhook and of its account; infinite for as long as nobody opens one. */
  readonly pauses: readonly {
    readonly scope: PauseChange["scope"];
    readonly reason: PauseChange["reason"];
    readonly until: number;
  }[];
}

/** A webhook for which something is kept that is not in memory, and when the first of it is due. */
export interface StoredBacklog {
  readonly webhook: number;
  readonly dueAt: number | null;
  /** The first's sequence, which tells it from others that are due at the same time; left out where it is not known. */
  readonly sequence?: number | undefined;
  /** Instead of what was known of it before, not beside it. */
  readonly isReplacement: boolean;
}

/** With more webhooks in memory, those with nothing to do are forgotten. */
const MAX_CACHED_WEBHOOKS = 20_000;

/** The webhooks that are in memory, by the number that they go by where they are kept. */
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

  /** A webhook or its gates were changed by somebody else. */
  update({ number, record, pauses }: RegisteredWebhook, now: number): void {
    const queue = this.#byNumber.get(number);
    if (queue === undefined) return;
    this.#localQueue.updateWebhook(record, now);
    queue.pauses.clear();
    queue.account.pauses.clear();
    this.register({ number, record, pauses }, now);
    // An account's gates are those of all its webhooks.
    for (const accountQueue of queue.account.queues) this.#localQueue.reschedule(accountQueue as LocalWebhookQueue, now);
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
   * Has webhooks with nothing to do forgotten where they are kept, if there are many, and forgets them too. They are met
   * again when they have something.
   */
  async evictIdle(evict: (numbers: readonly number[]) => Promise<void>): Promise<void> {
    if (this.#byNumber.size < this.#evictionThreshold) return;
    // Whatever comes of it, it is not tried again before many more have come.
    this.#evictionThreshold = this.#byNumber.size + MAX_CACHED_WEBHOOKS;
    const idle = [...this.#byNumber].filter(([, lane]) => lane.isIdle).map(([number]) => number);
    await evict(idle);
    // What was published in the same transaction has been pushed by then, and its webhook is idle no more.
    await yieldToEventLoop();
    for (const number of idle) {
      const queue = this.#byNumber.get(number);
      // What has something to do by now stays; whoever keeps it meets it again when it next hears of it.
      if (queue?.isIdle === true) this.remove(queue.record.id);
    }
    this.#evictionThreshold = Math.max(MAX_CACHED_WEBHOOKS, this.#byNumber.size * 2);
  }
}
