import type { Clock, Logger } from "@heron-webhooks/core";
import type { ExpiredDelivery, RetentionLimits, Store } from "../storage/store.ts";

export interface MaintenanceOptions {
  readonly store: Store;
  /** After being overdue for so long a delivery is dead, in milliseconds. */
  readonly expireAfterMs: number;
  readonly retention: RetentionLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A delivery has died behind a gate. */
  readonly onExpired: (delivery: ExpiredDelivery) => Promise<void>;
}

const MAINTENANCE_INTERVAL_MS = 60_000;
/** How much goes in one step, so that deliveries are not kept waiting. */
const BATCH_SIZE = 500;

/**
 * Has deliveries die, from time to time, that nobody may attempt, and takes away events that are kept no longer and whose
 * deliveries are settled.
 */
export class Maintenance {
  readonly retention: RetentionLimits;
  readonly #options: MaintenanceOptions;
  #cancelTimer: () => void = () => {};
  #currentRun: Promise<void> = Promise.resolve();
  #isRunning = false;
  #isClosed = false;

  constructor(options: MaintenanceOptions) {
    this.retention = options.retention;
    this.#options = options;
  }

  start(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    this.#scheduleNext();
  }

  async close(): Promise<void> {
    this.#isRunning = false;
    this.#isClosed = true;
    this.#cancelTimer();
    await this.#currentRun;
  }

  /** Takes away what is kept no longer. Says how many events that was. */
  async prune(retention: RetentionLimits): Promise<number> {
    let pruned = 0;
    for (let isDone = false; !isDone && !this.#isClosed; ) {
      const step = await this.#options.store.prune(retention, BATCH_SIZE);
      pruned += step.pruned;
      isDone = step.isDone;
    }
    return pruned;
  }

  async #expire(): Promise<void> {
    const { store, expireAfterMs, onExpired } = this.#options;
    for (let isDone = false; !isDone && !this.#isClosed; ) {
      const step = await store.expire(expireAfterMs, BATCH_SIZE);
      await Promise.all(step.expired.map(onExpired));
      isDone = step.isDone;
    }
  }

  #scheduleNext(): void {
    this.#cancelTimer = this.#options.clock.setTimeout(() => {
      this.#currentRun = this.#run().finally(() => {
        if (this.#isRunning) this.#scheduleNext();
      });
    }, MAINTENANCE_INTERVAL_MS);
  }

  async #run(): Promise<void> {
    const { store, logger } = this.#options;
    try {
      await this.#expire();
      await this.prune(this.retention);
    } catch (err) {
      logger.error(
        { err, store: store.name },
        "heron-webhooks: what is too old could not be taken away; it will be tried again",
      );
    }
  }
}
