import type { Clock } from "@heron-webhooks/core";
import { type InFlightItem, InFlightSet } from "../in-flight-set.ts";
import type { AttemptResult, Lease, Store } from "../storage/store.ts";
import { yieldToEventLoop } from "../yield-to-event-loop.ts";

/** The results of one iteration of the event loop. */
interface Batch extends InFlightItem {
  readonly results: AttemptResult[];
}

export interface CompleterContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Called after a batch was written. */
  readonly onCompleted: () => void;
  /** Called when leases were lost before their results were written. */
  readonly onLeasesLost: (leaseCount: number) => void;
  /** Called when the store fails. Returns the delay until the next try, or null to give up. */
  readonly onError: (error: unknown, previousFailures: number) => number | null;
}

/**
 * Writes attempt results in batches: one batch for each iteration of the event loop. Batches do not wait for each
 * other, and a batch that the store cannot write is retried.
 */
export class Completer {
  readonly #context: CompleterContext;
  /** Batches that are not written yet. */
  readonly #inFlight = new InFlightSet<Batch>();
  /** The batch that still accepts results. */
  #openBatch: Batch | null = null;
  #count = 0;
  /** Ends the waits between retries. */
  readonly #retryWaits = new Set<() => void>();
  /** Resolves when `close()` is called, which ends all waits. */
  readonly #closing: Promise<void>;
  #startClosing: () => void = () => {};

  constructor(context: CompleterContext) {
    this.#context = context;
    this.#closing = new Promise((resolve) => {
      this.#startClosing = resolve;
    });
  }

  /** The number of results that are not written yet. */
  get count(): number {
    return this.#count;
  }

  /** The leases of these results, which must last until they are written. */
  get leases(): readonly Lease[] {
    return [...this.#inFlight].flatMap(({ results }) => results.map(({ lease }) => lease));
  }

  push(result: AttemptResult): void {
    this.#count++;
    if (this.#openBatch !== null) {
      this.#openBatch.results.push(result);
      return;
    }
    this.#openBatch = { results: [result], index: 0 };
    this.#inFlight.add(this.#openBatch);
    void this.#writeBatch(this.#openBatch);
  }

  /** Retries all waiting batches now. */
  retryNow(): void {
    for (const resume of this.#retryWaits) resume();
  }

  /** Resolves when every result was written or given up. */
  async close(): Promise<void> {
    this.#startClosing();
    await this.#inFlight.whenEmpty();
  }

  async #writeBatch(batch: Batch): Promise<void> {
    await yieldToEventLoop();
    this.#openBatch = null;
    for (
      let previousFailures = 0;
      !(await this.#tryWrite(batch.results, previousFailures));
      previousFailures++
    );
    this.#inFlight.delete(batch);
    this.#count -= batch.results.length;
    this.#context.onCompleted();
  }

  /** Also returns true if the batch was given up. */
  async #tryWrite(results: readonly AttemptResult[], previousFailures: number): Promise<boolean> {
    const { store, clock, onLeasesLost, onError } = this.#context;
    try {
      const lostLeases = await store.complete(results);
      if (lostLeases.length > 0) onLeasesLost(lostLeases.length);
      return true;
    } catch (error) {
      const delayMs = onError(error, previousFailures);
      if (delayMs !== null) await Promise.race([this.#waitForRetry(clock, delayMs), this.#closing]);
      return delayMs === null;
    }
  }

  #waitForRetry(clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const resume = (): void => {
        cancelTimer();
        this.#retryWaits.delete(resume);
        resolve();
      };
      const cancelTimer = clock.setTimeout(resume, ms);
      this.#retryWaits.add(resume);
    });
  }
}
