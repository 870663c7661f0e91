import { HeronError } from "@heron-webhooks/core";
import { InFlightSet, type InFlightItem } from "../in-flight-set.ts";
import type { NewEvent, PublishResult, Store } from "../storage/store.ts";
import { yieldToEventLoop } from "../yield-to-event-loop.ts";

interface PendingEvent {
  readonly event: NewEvent;
  readonly resolve: (published: Exclude<PublishResult, { readonly error: HeronError }>) => void;
  readonly reject: (error: unknown) => void;
}

/** What was emitted in one turn of the loop. */
interface Batch extends InFlightItem {
  readonly pendingEvents: PendingEvent[];
}

/**
 * Publishes in batches: what is emitted in one turn of the loop goes together, so that many callers share what a commit
 * costs, and none waits for those before it.
 */
export class Publisher {
  readonly #store: Store;
  readonly #onPublished: () => void;
  readonly #inFlight = new InFlightSet<Batch>();
  /** The last of them, if more may come. */
  #openBatch: Batch | null = null;

  /** `published` is called when something new is durable. */
  constructor(store: Store, onPublished: () => void) {
    this.#store = store;
    this.#onPublished = onPublished;
  }

  /** Resolves when the event is durable; with a transaction of the caller's, once it is part of that. */
  publish(event: NewEvent, tx?: unknown): Promise<Exclude<PublishResult, { readonly error: HeronError }>> {
    if (tx !== undefined) return this.#publishInTransaction(event, tx);
    return new Promise((resolve, reject) => {
      const pendingEvent = { event, resolve, reject };
      if (this.#openBatch !== null) {
        this.#openBatch.pendingEvents.push(pendingEvent);
        return;
      }
      this.#openBatch = { pendingEvents: [pendingEvent], index: 0 };
      this.#inFlight.add(this.#openBatch);
      void this.#publishBatch(this.#openBatch);
    });
  }

  /** Resolves when everything that was given is durable, or refused. */
  async close(): Promise<void> {
    await this.#inFlight.whenEmpty();
  }

  /** A transaction of the caller's shares its costs with nobody. */
  async #publishInTransaction(
    event: NewEvent,
    tx: unknown,
  ): Promise<Exclude<PublishResult, { readonly error: HeronError }>> {
    const { published } = await this.#store.publish([event], { tx });
    const [result] = published;
    if (result === undefined) throw new HeronError("store_unavailable", `${this.#store.name} gave no answer.`);
    if ("error" in result) throw result.error;
    return result;
  }

  async #publishBatch(batch: Batch): Promise<void> {
    await yieldToEventLoop();
    this.#openBatch = null;
    const { pendingEvents } = batch;
    try {
      const { published } = await this.#store.publish(pendingEvents.map(({ event }) => event));
      for (const [i, result] of published.entries()) settlePromise(pendingEvents[i] as PendingEvent, result);
      this.#onPublished();
    } catch (error) {
      for (const { reject } of pendingEvents) reject(error);
    }
    this.#inFlight.delete(batch);
  }
}

function settlePromise({ resolve, reject }: PendingEvent, result: PublishResult): void {
  if ("error" in result) reject(result.error);
  else resolve(result);
}
