import { HeronError } from "@heron-webhooks/core";
import type { NewEvent, Published, Store } from "../store/store.ts";

interface Emitted {
  readonly event: NewEvent;
  readonly resolve: (published: Exclude<Published, { readonly refused: HeronError }>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Publishes in batches: while one is on its way to the disk the next gathers, so that many callers share what a commit
 * costs, and a lone one waits for nobody.
 */
export class Publisher {
  readonly #store: Store;
  readonly #published: () => void;
  #gathering: Emitted[] = [];
  #publishing: Promise<void> | null = null;

  /** `published` is called when something new is durable. */
  constructor(store: Store, published: () => void) {
    this.#store = store;
    this.#published = published;
  }

  /** Resolves when the event is durable; with a transaction of the caller's, once it is part of that. */
  publish(event: NewEvent, tx?: unknown): Promise<Exclude<Published, { readonly refused: HeronError }>> {
    if (tx !== undefined) return this.#publishWithin(event, tx);
    return new Promise((resolve, reject) => {
      this.#gathering.push({ event, resolve, reject });
      this.#publishing ??= this.#publishAll();
    });
  }

  /** Resolves when everything that was given is durable, or refused. */
  async close(): Promise<void> {
    await this.#publishing;
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

  async #publishAll(): Promise<void> {
    // Whatever else is emitted in this turn of the loop goes along.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#gathering.length > 0) {
      const batch = this.#gathering;
      this.#gathering = [];
      try {
        const { published } = await this.#store.publish(batch.map(({ event }) => event));
        for (const [i, one] of published.entries()) settle(batch[i] as Emitted, one);
        this.#published();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#publishing = null;
  }
}

function settle({ resolve, reject }: Emitted, published: Published): void {
  if ("refused" in published) reject(published.refused);
  else resolve(published);
}
