/**
 * What many give is done together: everything that was given until it is the turn of `send`, which takes it. So it crosses
 * to another thread as one thing, and costs as one.
 */
export class Batcher<Item, Result> {
  readonly #send: (take: () => readonly Item[]) => Promise<Result>;
  #items: Item[] = [];
  #pendingResult: Promise<Result> | null = null;

  constructor(send: (take: () => readonly Item[]) => Promise<Result>) {
    this.#send = send;
  }

  /** Gives what came of all, and at which place of it what was given here begins. */
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
    // It may fail before it was its turn: what is given next is not part of that.
    result.catch(take);
    return result;
  }
}
