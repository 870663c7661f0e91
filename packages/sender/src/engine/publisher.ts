import { HeronError } from "@heron-webhooks/core";
import type { NewEvent, Published, Store } from "../store/store.ts";
import { nextTurn } from "../turn.ts";

interface Emitted {
  readonly event: NewEvent;
  readonly resolve: (published: Exclude<Published, { readonly refused: HeronError }>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Publishes in batches: what is emitted in one turn of the loop goes together, so that many callers share what a commit
 * costs, and none waits for those before it.
 */
export class Publisher {
  readonly #store: Store;
  readonly #published: () => void;
  #gathering: Emitted[] = [];
  readonly #publishing = new Set<Promise<void>>();

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
      if (this.#gathering.length > 1) return;
      const publishing = this.#publishAll().finally(() => this.#publishing.delete(publishing));
      this.#publishing.add(publishing);
    });
  }

  /** Resolves when everything that was given is durable, or refused. */
  async close(): Promise<void> {
    while (this.#publishing.size > 0) await Promise.all(this.#publishing);
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
    await nextTurn();
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
}

function settle({ resolve, reject }: Emitted, published: Published): void {
  if ("refused" in published) reject(published.refused);
  else resolve(published);
}
