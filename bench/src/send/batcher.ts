import { yieldToEventLoop } from "./yield-to-event-loop.ts";

interface QueuedItem<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What is asked for in one turn of the loop, done together, and with it what is asked for while so many batches are under
 * way: what our stores do by themselves, for those that leave it to their callers.
 */
export class Batcher<Item> {
  readonly #maxInFlight: number;
  readonly #runBatch: (items: readonly Item[]) => Promise<unknown>;
  #queue: QueuedItem<Item>[] = [];
  #inFlight = 0;
  #isScheduled = false;

  /** `most` batches are under way at once. */
  constructor(most: number, work: (items: readonly Item[]) => Promise<unknown>) {
    this.#maxInFlight = most;
    this.#runBatch = work;
  }

  /** Resolves when the batch that it is in has been done. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#inFlight === this.#maxInFlight || this.#queue.length === 0) return;
    this.#isScheduled = true;
    void this.#runNext();
  }

  async #runNext(): Promise<void> {
    await yieldToEventLoop();
    this.#isScheduled = false;
    const batch = this.#queue;
    this.#queue = [];
    this.#inFlight++;
    try {
      await this.#runBatch(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#inFlight--;
    this.#schedule();
  }
}
