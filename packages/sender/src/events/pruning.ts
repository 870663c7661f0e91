import type { Clock, Logger } from "@heron-webhooks/core";
import type { Store } from "../store/store.ts";

export interface PruningOptions {
  readonly store: Store;
  readonly keepMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const EVERY = 60_000;
/** How many events go in one step, so that deliveries are not kept waiting. */
const AT_ONCE = 500;

/** Takes away, from time to time, events that are older than they are kept and whose deliveries are settled. */
export class Pruning {
  readonly #options: PruningOptions;
  #stopTimer: () => void = () => {};
  #underWay: Promise<void> = Promise.resolve();
  #running = false;

  constructor(options: PruningOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#later();
  }

  async close(): Promise<void> {
    this.#running = false;
    this.#stopTimer();
    await this.#underWay;
  }

  #later(): void {
    this.#stopTimer = this.#options.clock.setTimeout(() => {
      this.#underWay = this.#prune().finally(() => {
        if (this.#running) this.#later();
      });
    }, EVERY);
  }

  async #prune(): Promise<void> {
    const { store, keepMs, logger } = this.#options;
    try {
      for (let taken = AT_ONCE; taken === AT_ONCE && this.#running; )
        taken = await store.prune(keepMs, AT_ONCE);
    } catch (error) {
      logger.error(
        { err: error, store: store.name },
        "heron-webhooks: old events could not be pruned; it will be tried again",
      );
    }
  }
}
