import { HeronError } from "@heron-webhooks/core";
import { Bag, type Bagged } from "../bag.ts";
import type { NewEvent, Published, Store } from "../storage/store.ts";
import { nextTurn } from "../turn.ts";

interface Emitted {
  readonly event: NewEvent;
  readonly resolve: (published: Exclude<Published, { readonly refused: HeronError }>) => void;
  readonly reject: (error: unknown) => void;
}

/** What was emitted in one turn of the loop. */
interface Batch extends Bagged {
  readonly emitted: Emitted[];
}

/**
 * Publishes in batches: what is emitted in one turn of the loop goes together, so that many callers share what a commit
 * costs, and none waits for those before it.
 */
export class Publisher {
  readonly #store: Store;
  readonly #published: () => void;
  readonly #publishing = new Bag<Batch>();
  /** The last of them, if more may come. */
  #gathering: Batch | null = null;

  /** `published` is called when something new is durable. */
  constructor(store: Store, published: () => void) {
    this.#store = store;
    this.#published = published;
  }

  /** Resolves when the event is durable; with a transaction of the caller's, once it is part of that. */
  publish(event: NewEvent, tx?: unknown): Promise<Exclude<Published, { readonly refused: HeronError }>> {
    if (tx !== undefined) return this.#publishWithin(event, tx);
    return new Promise((resolve, reject) => {
      const emitted = { event, resolve, reject };
      if (this.#gathering !== null) {
        this.#gathering.emitted.push(emitted);
        return;
      }
      this.#gathering = { emitted: [emitted], place: 0 };
      this.#publishing.add(this.#gathering);
      void this.#publishAll(this.#gathering);
    });
  }

  /** Resolves when everything that was given is durable, or refused. */
  async close(): Promise<void> {
    await this.#publishing.empty();
  }

  /** A transaction of the caller's shares its costs with nobody. */
  async #publishWithin(
    event: NewEvent,
    tx: unknown,
  ): Promise<Exclude<Published, { readonly refused: HeronError }>> {
    const { published } = await this.#store.publish([event], { tx });
    const [one] = published;
    if (one === undefined) throw new HeronError("store_unavailable", `${this.#store.name} gave no answer.`);
    if ("refused" in one) throw one.refused;
    return one;
  }

  async #publishAll(batch: Batch): Promise<void> {
    await nextTurn();
    this.#gathering = null;
    const { emitted } = batch;
    try {
      const { published } = await this.#store.publish(emitted.map(({ event }) => event));
      for (const [i, one] of published.entries()) settle(emitted[i] as Emitted, one);
      this.#published();
    } catch (error) {
      for (const { reject } of emitted) reject(error);
    }
    this.#publishing.delete(batch);
  }
}

function settle({ resolve, reject }: Emitted, published: Published): void {
  if ("refused" in published) reject(published.refused);
  else resolve(published);
}
