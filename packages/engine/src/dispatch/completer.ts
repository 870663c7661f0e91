import type { Clock } from "@heron-webhooks/core";
import { InFlightSet, type InFlightItem } from "../in-flight-set.ts";
import type { Lease, AttemptResult, Store } from "../storage/store.ts";
import { yieldToEventLoop } from "../yield-to-event-loop.ts";

/** What ended in one turn of the loop. */
interface Batch extends InFlightItem {
  readonly results: AttemptResult[];
}

export interface CompleterContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Something was written down. */
  readonly onCompleted: () => void;
  /** Leases had been lost before. */
  readonly onLeasesLost: (leaseCount: number) => void;
  /** The store failed, after so many times before; says in how many milliseconds to try again, null for not at all. */
  readonly onError: (error: unknown, previousFailures: number) => number | null;
}

/**
 * Has attempts written down: all that end in a turn of the loop go together, and none waits for those before it. What the
 * store cannot write is tried again.
 */
export class Completer {
  readonly #context: CompleterContext;
  /** Batches on their way, each until it has been written. */
  readonly #inFlight = new InFlightSet<Batch>();
  /** The last of them, if more may come. */
  #openBatch: Batch | null = null;
  #count = 0;
  /** Has those that pause go on. */
  readonly #retryWaits = new Set<() => void>();
  /** Then nobody pauses any more. */
  readonly #closing: Promise<void>;
  #startClosing: () => void = () => {};

  constructor(context: CompleterContext) {
    this.#context = context;
    this.#closing = new Promise((resolve) => {
      this.#startClosing = resolve;
    });
  }

  /** How many are not written down. */
  get count(): number {
    return this.#count;
  }

  /** Their leases, which must last until then. */
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

  /** The store is there again: nobody pauses for longer. */
  retryNow(): void {
    for (const resume of this.#retryWaits) resume();
  }

  /** Resolves when everything has been written down, or given up. */
  async close(): Promise<void> {
    this.#startClosing();
    await this.#inFlight.whenEmpty();
  }

  async #writeBatch(batch: Batch): Promise<void> {
    await yieldToEventLoop();
    this.#openBatch = null;
    for (let previousFailures = 0; !(await this.#tryWrite(batch.results, previousFailures)); previousFailures++);
    this.#inFlight.delete(batch);
    this.#count -= batch.results.length;
    this.#context.onCompleted();
  }

  /** True as well if it is given up. */
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
