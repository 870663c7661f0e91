import { HeronError } from "@heron-webhooks/core";

interface QueuedItem<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result | Promise<Result>) => void;
  readonly reject: (error: unknown) => void;
  clearTimer: () => void;
}

export interface BatcherOptions<Item, Result> {
  /** So many items go together at the most. */
  readonly maxBatchSize: number;
  /** So long an item waits for those before it, in milliseconds. */
  readonly queueTimeoutMs: number;
  /** What does not answer, for messages. */
  readonly name: string;
  /** Answers for each; an answer that is to come keeps no others waiting. */
  readonly runBatch: (items: readonly Item[]) => Promise<readonly (Result | Promise<Result>)[]>;
}

/** What many ask for at a time, done together: while one batch is under way, the next gathers. */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  #queue: QueuedItem<Item, Result>[] = [];
  #isRunning = false;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  /** `patienceMs`: so long it waits for those before it at the most, if not for as long as any. */
  add(item: Item, queueTimeoutMs: number = this.#options.queueTimeoutMs): Promise<Result> {
    return new Promise((resolve, reject) => {
      const queued = { item, resolve, reject, clearTimer: (): void => {} };
      this.#queue.push(queued);
      if (this.#isRunning) queued.clearTimer = this.#startTimer(queued, queueTimeoutMs);
      else void this.#drain();
    });
  }

  /** Nothing has been done of it: who hears no answer may be sure of that. */
  #startTimer(queued: QueuedItem<Item, Result>, queueTimeoutMs: number): () => void {
    const { name } = this.#options;
    const timer = setTimeout(() => {
      this.#queue = this.#queue.filter((entry) => entry !== queued);
      queued.reject(
        new HeronError(
          "store_unavailable",
          `${name} has not answered those before for ${Math.round(queueTimeoutMs)} ms: nothing of this was done.`,
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
