import { Claimer } from "../../queue/claimer.ts";
import { Batcher } from "../../queue/batcher.ts";
import { LocalQueue } from "../../queue/local-queue.ts";
import type { LocalWebhookQueue } from "../../queue/queued-delivery.ts";
import { WebhookQueues } from "../../queue/webhook-queues.ts";
import { LocalCompleter, type PendingCompletion } from "../../queue/local-completer.ts";
import type { PauseChange } from "../pauses.ts";
import type { WebhookRecord } from "../records.ts";
import type { ExpiredDelivery, Lease, AttemptResult } from "../store.ts";
import type { StateUpdate } from "./file/state-update.ts";
import { FOREVER } from "./file/schema.ts";
import type { LoadedDelivery } from "./file/load.ts";
import { SqlitePublisher } from "./sqlite-publisher.ts";
import { packResults } from "./packed.ts";
import { FileThread, type FileThreadOptions } from "./thread.ts";

const NO_REJECTIONS: ReadonlySet<PendingCompletion> = new Set();

/**
 * This side of a store: what is about to be delivered, in memory, behind the file that a thread writes. Nothing is in
 * memory before it is in the file, and what becomes of it is in the file before it leaves memory: so a claim costs no
 * look into the file, and a process that ends loses nothing.
 */
export class SqliteQueue {
  readonly thread: FileThread;
  readonly publisher: SqlitePublisher;
  readonly claimer: Claimer;
  readonly #completer: LocalCompleter;
  readonly #localQueue = new LocalQueue();
  readonly #queues = new WebhookQueues(this.#localQueue);
  readonly #now: () => number;

  constructor(options: Omit<FileThreadOptions, "onUpdate">) {
    this.#now = () => options.clock.now();
    this.thread = new FileThread({ ...options, onUpdate: (news, now) => this.#applyUpdate(news, now) });
    const { thread } = this;
    const queueContext = { thread, localQueue: this.#localQueue, queues: this.#queues, now: this.#now };
    this.publisher = new SqlitePublisher(queueContext, options.maxPending);
    this.claimer = new Claimer({
      ...queueContext,
      ready: () => thread.whenOpen(),
      load: (queues) => this.#load(queues),
    });
    const completionBatcher = new Batcher<PendingCompletion, void>((take) =>
      thread.callDeferred("complete", () => [packResults(take(), this.#now())]),
    );
    this.#completer = new LocalCompleter({
      ...queueContext,
      // The file is this process's alone: nothing of it is ever refused.
      write: async (completions) => {
        await completionBatcher.add(completions);
        return NO_REJECTIONS;
      },
    });
  }

  async complete(results: readonly AttemptResult[]): Promise<readonly Lease[]> {
    const lost = await this.#completer.complete(results);
    // Should it fail, that is for who asks next to say.
    void this.#queues.evictIdle((numbers) => this.thread.call("evict", numbers)).catch(() => {});
    return lost;
  }

  /** What is overdue in memory; once that is nothing, what is overdue in the file. */
  async expire(
    olderThanMs: number,
    max: number,
  ): Promise<{ readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean }> {
    const expired = await this.#completer.expire(olderThanMs, max);
    return expired.length > 0 ? { expired, isDone: false } : this.thread.call("expire", olderThanMs, max);
  }

  async setPause(change: PauseChange): Promise<void> {
    await this.thread.call("setPause", change);
    this.#localQueue.setPause(change, this.#now());
  }

  updateWebhook(record: WebhookRecord): void {
    this.#localQueue.updateWebhook(record, this.#now());
  }

  deleteWebhook(id: string): void {
    this.#queues.remove(id);
  }

  /** Takes in what the thread has to tell, in the order in which it happened there. */
  #applyUpdate({ registered, stored }: StateUpdate, now: number): void {
    for (const { pauses: gates, ...one } of registered) {
      const pauses = gates.map((gate) => ({
        ...gate,
        until: gate.until === FOREVER ? Number.POSITIVE_INFINITY : gate.until,
      }));
      this.#queues.register({ ...one, pauses }, now);
    }
    for (const backlog of stored) this.#queues.updateStored(backlog, now);
  }

  async #load(queues: readonly LocalWebhookQueue[]): Promise<void> {
    const numbers = queues.flatMap((queue) => this.#queues.getNumber(queue) ?? []);
    for (const row of await this.thread.call("load", numbers, this.#localQueue.getLoadSize(numbers.length)))
      this.#addLoaded(row);
  }

  #addLoaded({ id, webhook, ...row }: LoadedDelivery): void {
    const queue = this.#queues.get(webhook);
    // Once all of them are there, its webhook is looked at.
    if (queue !== undefined) this.#localQueue.add({ ...row, id: this.thread.formatDeliveryId(id), sequence: id, queue });
  }
}
