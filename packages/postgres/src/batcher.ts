import { HeronError } from "@heron-webhooks/core";

interface QueuedItem<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result | Promise<Result>) => void;
  readonly reject: (error: unknown) => void;
  clearTimer: () => void;
}

export interface BatcherOptions<Item, Result> {
  /** The maximum number of items in a batch. */
  readonly maxBatchSize: number;
  /** How long an item may wait in the queue, in milliseconds. */
  readonly queueTimeoutMs: number;
  /** The name of the server, for messages. */
  readonly name: string;
  /** Returns a result for each item. A promise as a result does not delay the other results. */
  readonly runBatch: (items: readonly Item[]) => Promise<readonly (Result | Promise<Result>)[]>;
}

/** Runs one batch at a time; calls that arrive meanwhile form the next batch. */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  #queue: QueuedItem<Item, Result>[] = [];
  #isRunning = false;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  /** `queueTimeoutMs` overrides how long this item may wait in the queue. */
  add(item: Item, queueTimeoutMs: number = this.#options.queueTimeoutMs): Promise<Result> {
    return new Promise((resolve, reject) => {
      const queued = { item, resolve, reject, clearTimer: (): void => {} };
      this.#queue.push(queued);
      if (this.#isRunning) queued.clearTimer = this.#startTimer(queued, queueTimeoutMs);
      else void this.#drain();
    });
  }

  /** Rejects only items that are still queued, so the error can say that nothing was written. */
  #startTimer(queued: QueuedItem<Item, Result>, queueTimeoutMs: number): () => void {
    const { name } = this.#options;
    const timer = setTimeout(() => {
      this.#queue = this.#queue.filter((entry) => entry !== queued);
      queued.reject(
        new HeronError(
          "store_unavailable",
          `Timed out after ${Math.round(queueTimeoutMs)} ms waiting for earlier queries to ${name}; nothing was written.`,
        ),
      );
    }, queueTimeoutMs);
    return () => clearTimeout(timer);
  }

  async #drain(): Promise<void> {
    const { maxBatchSize, runBatch } = this.#options;
    this.#isRunning = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, maxBatchSize);
      for (const { clearTimer } of batch) clearTimer();
      try {
        const results = await runBatch(batch.map(({ item }) => item));
        for (const [i, { resolve }] of batch.entries()) resolve(results[i] as Result | Promise<Result>);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isRunning = false;
  }
}
