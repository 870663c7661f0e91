import { yieldToEventLoop } from "./yield-to-event-loop.ts";

interface QueuedItem<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Batches the items of one event loop turn, and those that arrive while the maximum of batches is in flight. Our stores do
 * this by themselves; some competitors leave it to the caller.
 */
export class Batcher<Item> {
  readonly #maxInFlight: number;
  readonly #runBatch: (items: readonly Item[]) => Promise<unknown>;
  #queue: QueuedItem<Item>[] = [];
  #inFlight = 0;
  #isScheduled = false;

  constructor(maxInFlight: number, runBatch: (items: readonly Item[]) => Promise<unknown>) {
    this.#maxInFlight = maxInFlight;
    this.#runBatch = runBatch;
  }

  /** Resolves when its batch is done. */
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
