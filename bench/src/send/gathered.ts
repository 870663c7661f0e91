import { nextTurn } from "./next-turn.ts";

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What is asked for in one turn of the loop, done together, and with it what is asked for while so many batches are under
 * way: what our stores do by themselves, for those that leave it to their callers.
 */
export class Gathered<Item> {
  readonly #most: number;
  readonly #work: (items: readonly Item[]) => Promise<unknown>;
  #waiting: Waiting<Item>[] = [];
  #underWay = 0;
  #isDue = false;

  /** `most` batches are under way at once. */
  constructor(most: number, work: (items: readonly Item[]) => Promise<unknown>) {
    this.#most = most;
    this.#work = work;
  }

  /** Resolves when the batch that it is in has been done. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#goOn();
    });
  }

  #goOn(): void {
    if (this.#isDue || this.#underWay === this.#most || this.#waiting.length === 0) return;
    this.#isDue = true;
    void this.#next();
  }

  async #next(): Promise<void> {
    await nextTurn();
    this.#isDue = false;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#underWay++;
    try {
      await this.#work(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#underWay--;
    this.#goOn();
  }
}
