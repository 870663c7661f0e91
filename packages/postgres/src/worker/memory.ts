import {
  LocalQueue,
  type LocalWebhookQueue,
  type QueuedDelivery,
  type QueuedEvent,
  WebhookQueues,
} from "@heron-webhooks/engine";

/** How many deliveries a process has in memory, and how large the bodies of their events may be together; more waits. */
const MOST = 8000;
const MOST_BYTES = 32 * 1024 * 1024;
/** No webhook has more of them: one that takes long to answer leaves room for the others. */
const MOST_EACH = 2000;

/** A delivery as it is kept. */
export interface KeptDelivery {
  readonly id: number;
  readonly webhook: number;
  readonly event: QueuedEvent;
  readonly attempts: number;
  readonly before: number;
  readonly since: number;
  readonly due: number;
}

/** What a worker has in memory of its webhooks and their deliveries, and how much that is. */
export class Memory {
  readonly hot: LocalQueue = new LocalQueue();
  readonly lanes: WebhookQueues = new WebhookQueues(this.hot);
  readonly #deliveryId: (number: number) => string;
  readonly #held = new Map<number, { count: number; bytes: number }>();
  /** Of each webhook, which of all the news of something due was its last. */
  readonly #heard = new Map<number, number>();
  #news = 0;
  #count = 0;
  #bytes = 0;

  constructor(deliveryId: (number: number) => string) {
    this.#deliveryId = deliveryId;
  }

  /** For how many more there is room, and which webhooks have as many as they may. */
  get room(): { readonly count: number; readonly full: readonly number[] } {
    const count = this.#bytes > MOST_BYTES ? 0 : Math.max(0, MOST - this.#count);
    if (this.#count < MOST_EACH) return { count, full: [] };
    const full = [...this.#held].filter(([, each]) => each.count >= MOST_EACH);
    return { count, full: full.map(([webhook]) => webhook) };
  }

  /** How many bytes more the bodies may have that are brought there. */
  get freeBytes(): number {
    return Math.max(0, MOST_BYTES - this.#bytes);
  }

  /** What is asked by now of the database knows of everything that was {@link stored} before. */
  get asOf(): number {
    return this.#news;
  }

  /** Something of a webhook waits that is due then; its number, where that is known. */
  stored(webhook: number, dueAt: number, now: number, sequence?: number): void {
    if (this.lanes.get(webhook) !== undefined) this.#heard.set(webhook, ++this.#news);
    this.lanes.updateStored({ webhook, dueAt, sequence, isReplacement: false }, now);
  }

  /**
   * When the first is due of a webhook that waits, null if nothing does, as the database had it when it was asked. If there
   * was news of it in between, nobody knows which of the two came first, and the earlier counts: what is looked for too soon
   * is looked for again.
   */
  waits(webhook: number, dueAt: number | null, asOf: number, now: number, sequence?: number): void {
    const isReplacement = (this.#heard.get(webhook) ?? 0) <= asOf;
    this.lanes.updateStored({ webhook, dueAt, sequence, isReplacement }, now);
  }

  /** Takes in a delivery, if its webhook is there. */
  take(
    {
      id,
      webhook,
      event,
      attempts: attemptCount,
      before: attemptsBeforeRequeue,
      since: enqueuedAt,
      due: dueAt,
    }: KeptDelivery,
    now: number,
  ): void {
    const queue = this.lanes.get(webhook);
    if (queue === undefined) return;
    this.#change(webhook, 1, event.body.length);
    const delivery: QueuedDelivery = {
      id: this.#deliveryId(id),
      sequence: id,
      event,
      queue,
      attemptCount,
      attemptsBeforeRequeue,
      enqueuedAt,
      dueAt,
    };
    this.hot.enqueue(delivery, now);
  }

  /** A delivery has left it. */
  left(webhook: number, { queue, event }: QueuedDelivery): void {
    // With a webhook that has left it all of its deliveries have.
    if (this.lanes.get(webhook) === queue) this.#change(webhook, -1, -event.body.length);
  }

  /** A webhook leaves it with all that it has there. */
  remove(id: string): void {
    const lane = this.hot.getQueue(id);
    if (lane !== undefined) this.removeAll([lane]);
  }

  removeAll(lanes: readonly LocalWebhookQueue[]): void {
    for (const lane of new Set(lanes)) {
      const number = this.lanes.getNumber(lane) ?? 0;
      // Those as well that are being written down just now.
      const { count, bytes } = this.#held.get(number) ?? { count: 0, bytes: 0 };
      this.#change(number, -count, -bytes);
      this.#heard.delete(number);
      this.lanes.remove(lane.record.id);
    }
  }

  #change(webhook: number, count: number, bytes: number): void {
    const each = this.#held.get(webhook) ?? { count: 0, bytes: 0 };
    each.count += count;
    each.bytes += bytes;
    if (each.count > 0) this.#held.set(webhook, each);
    else this.#held.delete(webhook);
    this.#count += count;
    this.#bytes += bytes;
  }
}
