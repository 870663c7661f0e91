import type { Clock } from "@heron-webhooks/core";
import type { Lease, Settlement, Store } from "../store/store.ts";
import { nextTurn } from "../turn.ts";

export interface SettlerContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Something was written down. */
  readonly settled: () => void;
  /** Leases had been lost before. */
  readonly lost: (leases: number) => void;
  /** The store failed; says in how many milliseconds to try again, null for not at all. */
  readonly failed: (error: unknown) => number | null;
}

/**
 * Has attempts written down: all that end in a turn of the loop go together, and none waits for those before it. What the
 * store cannot write is tried again.
 */
export class Settler {
  readonly #context: SettlerContext;
  /** Batches on their way, each until it has been written. */
  readonly #writing = new Map<readonly Settlement[], Promise<void>>();
  #gathering: Settlement[] = [];
  #count = 0;

  constructor(context: SettlerContext) {
    this.#context = context;
  }

  /** How many are not written down. */
  get count(): number {
    return this.#count;
  }

  /** Their leases, which must last until then. */
  get leases(): readonly Lease[] {
    return [...this.#writing.keys()].flatMap((batch) => batch.map(({ lease }) => lease));
  }

  push(settlement: Settlement): void {
    this.#count++;
    this.#gathering.push(settlement);
    if (this.#gathering.length > 1) return;
    const batch = this.#gathering;
    this.#writing.set(
      batch,
      this.#write(batch).finally(() => {
        this.#writing.delete(batch);
        this.#count -= batch.length;
        this.#context.settled();
      }),
    );
  }

  /** Resolves when everything has been written down, or given up. */
  async close(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing.values());
  }

  async #write(batch: readonly Settlement[]): Promise<void> {
    await nextTurn();
    this.#gathering = [];
    const { store, clock, lost, failed } = this.#context;
    for (;;)
      try {
        const leases = await store.settle(batch);
        if (leases.length > 0) lost(leases.length);
        return;
      } catch (error) {
        const pause = failed(error);
        if (pause === null) return;
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, pause));
      }
  }
}
