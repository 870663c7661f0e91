import { HeronError } from "@heron-webhooks/core";

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result | Promise<Result>) => void;
  readonly reject: (error: unknown) => void;
  stopWaiting: () => void;
}

export interface GatheredOptions<Item, Result> {
  /** So many items go together at the most. */
  readonly most: number;
  /** So long an item waits for those before it, in milliseconds. */
  readonly patienceMs: number;
  /** What does not answer, for messages. */
  readonly name: string;
  /** Answers for each; an answer that is to come keeps no others waiting. */
  readonly work: (items: readonly Item[]) => Promise<readonly (Result | Promise<Result>)[]>;
}

/** What many ask for at a time, done together: while one batch is under way, the next gathers. */
export class Gathered<Item, Result> {
  readonly #options: GatheredOptions<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #isWorking = false;

  constructor(options: GatheredOptions<Item, Result>) {
    this.#options = options;
  }

  /** `patienceMs`: so long it waits for those before it at the most, if not for as long as any. */
  add(item: Item, patienceMs: number = this.#options.patienceMs): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject, stopWaiting: (): void => {} };
      this.#waiting.push(waiting);
      if (this.#isWorking) waiting.stopWaiting = this.#losePatience(waiting, patienceMs);
      else void this.#go();
    });
  }

  /** Nothing has been done of it: who hears no answer may be sure of that. */
  #losePatience(waiting: Waiting<Item, Result>, patienceMs: number): () => void {
    const { name } = this.#options;
    const timer = setTimeout(() => {
      this.#waiting = this.#waiting.filter((one) => one !== waiting);
      waiting.reject(
        new HeronError(
          "store_unavailable",
          `${name} has not answered those before for ${Math.round(patienceMs)} ms: nothing of this was done.`,
        ),
      );
    }, patienceMs);
    return () => clearTimeout(timer);
  }

  async #go(): Promise<void> {
    const { most, work } = this.#options;
    this.#isWorking = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, most);
      for (const { stopWaiting } of batch) stopWaiting();
      try {
        const results = await work(batch.map(({ item }) => item));
        for (const [i, { resolve }] of batch.entries()) resolve(results[i] as Result | Promise<Result>);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWorking = false;
  }
}
