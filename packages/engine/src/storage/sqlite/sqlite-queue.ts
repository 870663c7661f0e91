import { Batcher } from "../../queue/batcher.ts";
import { Claimer } from "../../queue/claimer.ts";
import { LocalCompleter, type PendingCompletion } from "../../queue/local-completer.ts";
import { LocalQueue } from "../../queue/local-queue.ts";
import type { LocalWebhookQueue } from "../../queue/queued-delivery.ts";
import { WebhookQueues } from "../../queue/webhook-queues.ts";
import type { PauseChange } from "../pauses.ts";
import type { WebhookRecord } from "../records.ts";
import type { AttemptResult, ExpiredDelivery, Lease } from "../store.ts";
import type { LoadedDelivery } from "./file/load.ts";
import { FOREVER } from "./file/schema.ts";
import type { StateUpdate } from "./file/state-update.ts";
import { packResults } from "./packed.ts";
import { SqlitePublisher } from "./sqlite-publisher.ts";
import { FileThread, type FileThreadOptions } from "./thread.ts";

const NO_REJECTIONS: ReadonlySet<PendingCompletion> = new Set();

/**
 * The main thread's side of a SQLite store: a queue in memory in front of the file. A delivery is written to the file
 * before it enters memory, and its result is written before it leaves memory. So a claim does not read the file, and a
 * process that ends loses nothing.
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
    this.thread = new FileThread({ ...options, onUpdate: (update, now) => this.#applyUpdate(update, now) });
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
      // The file has a single owner, so no write is rejected.
      write: async (completions) => {
        await completionBatcher.add(completions);
        return NO_REJECTIONS;
      },
    });
  }

  async complete(results: readonly AttemptResult[]): Promise<readonly Lease[]> {
    const lost = await this.#completer.complete(results);
    // The next call reports a failure.
    void this.#queues.evictIdle((numbers) => this.thread.call("evict", numbers)).catch(() => {});
    return lost;
  }

  /** Expires overdue deliveries in memory first, then those in the file. */
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

  /** Applies the thread's updates, in order. */
  #applyUpdate({ registered, stored }: StateUpdate, now: number): void {
    for (const { pauses: storedPauses, ...webhook } of registered) {
      const pauses = storedPauses.map((pause) => ({
        ...pause,
        until: pause.until === FOREVER ? Number.POSITIVE_INFINITY : pause.until,
      }));
      this.#queues.register({ ...webhook, pauses }, now);
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
    // The queue is rescheduled after the whole load.
    if (queue !== undefined)
      this.#localQueue.add({ ...row, id: this.thread.formatDeliveryId(id), sequence: id, queue });
  }
}
