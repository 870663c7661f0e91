/** Collects the items of many callers until `send` takes them. One batch crosses to another thread as one message. */
export class Batcher<Item, Result> {
  readonly #send: (take: () => readonly Item[]) => Promise<Result>;
  #items: Item[] = [];
  #pendingResult: Promise<Result> | null = null;

  constructor(send: (take: () => readonly Item[]) => Promise<Result>) {
    this.#send = send;
  }

  /** Returns the batch's result, and the offset of these items in it. */
  async add(items: readonly Item[]): Promise<{ readonly result: Result; readonly offset: number }> {
    const offset = this.#items.length;
    for (const item of items) this.#items.push(item);
    this.#pendingResult ??= this.#startBatch();
    return { result: await this.#pendingResult, offset };
  }

  #startBatch(): Promise<Result> {
    const items = this.#items;
    const take = (): readonly Item[] => {
      if (this.#items === items) {
        this.#items = [];
        this.#pendingResult = null;
      }
      return items;
    };
    const result = this.#send(take);
    // If `send` fails before it takes the items, later items start a new batch.
    result.catch(take);
    return result;
  }
}
