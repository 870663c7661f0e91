import type { Clock } from "@heron-webhooks/core";
import { Bag, type Bagged } from "../bag.ts";
import type { Lease, Settlement, Store } from "../storage/store.ts";
import { nextTurn } from "../turn.ts";

/** What ended in one turn of the loop. */
interface Batch extends Bagged {
  readonly settlements: Settlement[];
}

export interface SettlerContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Something was written down. */
  readonly settled: () => void;
  /** Leases had been lost before. */
  readonly lost: (leases: number) => void;
  /** The store failed, after so many times before; says in how many milliseconds to try again, null for not at all. */
  readonly failed: (error: unknown, before: number) => number | null;
}

/**
 * Has attempts written down: all that end in a turn of the loop go together, and none waits for those before it. What the
 * store cannot write is tried again.
 */
export class Settler {
  readonly #context: SettlerContext;
  /** Batches on their way, each until it has been written. */
  readonly #writing = new Bag<Batch>();
  /** The last of them, if more may come. */
  #gathering: Batch | null = null;
  #count = 0;
  /** Has those that pause go on. */
  readonly #pausing = new Set<() => void>();
  /** Then nobody pauses any more. */
  readonly #closing: Promise<void>;
  #isClosing: () => void = () => {};

  constructor(context: SettlerContext) {
    this.#context = context;
    this.#closing = new Promise((resolve) => {
      this.#isClosing = resolve;
    });
  }

  /** How many are not written down. */
  get count(): number {
    return this.#count;
  }

  /** Their leases, which must last until then. */
  get leases(): readonly Lease[] {
    return [...this.#writing].flatMap(({ settlements }) => settlements.map(({ lease }) => lease));
  }

  push(settlement: Settlement): void {
    this.#count++;
    if (this.#gathering !== null) {
      this.#gathering.settlements.push(settlement);
      return;
    }
    this.#gathering = { settlements: [settlement], place: 0 };
    this.#writing.add(this.#gathering);
    void this.#write(this.#gathering);
  }

  /** The store is there again: nobody pauses for longer. */
  hurry(): void {
    for (const goOn of this.#pausing) goOn();
  }

  /** Resolves when everything has been written down, or given up. */
  async close(): Promise<void> {
    this.#isClosing();
    await this.#writing.empty();
  }

  async #write(batch: Batch): Promise<void> {
    await nextTurn();
    this.#gathering = null;
    for (let before = 0; !(await this.#isWritten(batch.settlements, before)); before++);
    this.#writing.delete(batch);
    this.#count -= batch.settlements.length;
    this.#context.settled();
  }

  /** True as well if it is given up. */
  async #isWritten(settlements: readonly Settlement[], before: number): Promise<boolean> {
    const { store, clock, lost, failed } = this.#context;
    try {
      const leases = await store.settle(settlements);
      if (leases.length > 0) lost(leases.length);
      return true;
    } catch (error) {
      const pause = failed(error, before);
      if (pause !== null) await Promise.race([this.#paused(clock, pause), this.#closing]);
      return pause === null;
    }
  }

  #paused(clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const goOn = (): void => {
        stop();
        this.#pausing.delete(goOn);
        resolve();
      };
      const stop = clock.setTimeout(goOn, ms);
      this.#pausing.add(goOn);
    });
  }
}
