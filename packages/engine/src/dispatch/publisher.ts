import { HeronError } from "@heron-webhooks/core";
import { type InFlightItem, InFlightSet } from "../in-flight-set.ts";
import type { NewEvent, PublishResult, Store } from "../storage/store.ts";
import { yieldToEventLoop } from "../yield-to-event-loop.ts";

interface PendingEvent {
  readonly event: NewEvent;
  readonly resolve: (published: Exclude<PublishResult, { readonly error: HeronError }>) => void;
  readonly reject: (error: unknown) => void;
}

/** The events of one iteration of the event loop. */
interface Batch extends InFlightItem {
  readonly pendingEvents: PendingEvent[];
}

/**
 * Publishes events in batches: one batch for each iteration of the event loop, so that many callers share one commit.
 * Batches do not wait for each other.
 */
export class Publisher {
  readonly #store: Store;
  readonly #onPublished: () => void;
  readonly #inFlight = new InFlightSet<Batch>();
  /** The batch that still accepts events. */
  #openBatch: Batch | null = null;

  /** `onPublished` is called when new events are durable. */
  constructor(store: Store, onPublished: () => void) {
    this.#store = store;
    this.#onPublished = onPublished;
  }

  /** Resolves when the event is durable. With a transaction of the caller, resolves once the event is part of it. */
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

  /** Resolves when every event is durable or rejected. */
  async close(): Promise<void> {
    await this.#inFlight.whenEmpty();
  }

  /** An event in a caller's transaction cannot be batched. */
  async #publishInTransaction(
    event: NewEvent,
    tx: unknown,
  ): Promise<Exclude<PublishResult, { readonly error: HeronError }>> {
    const { published } = await this.#store.publish([event], { tx });
    const [result] = published;
    if (result === undefined)
      throw new HeronError("store_unavailable", `${this.#store.name} returned no result.`);
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
