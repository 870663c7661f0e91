import type { Clock, Logger } from "@heron-webhooks/core";
import type { ExpiredDelivery, RetentionLimits, Store } from "../storage/store.ts";

export interface MaintenanceOptions {
  readonly store: Store;
  /** How long a delivery may be overdue before it expires, in milliseconds. */
  readonly expireAfterMs: number;
  readonly retention: RetentionLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called for each expired delivery. */
  readonly onExpired: (delivery: ExpiredDelivery) => Promise<void>;
}

const MAINTENANCE_INTERVAL_MS = 60_000;
/** Events or deliveries in one step, so that maintenance does not delay deliveries. */
const BATCH_SIZE = 500;

/** Periodically expires overdue deliveries and prunes events beyond the retention limits. */
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

  /** Prunes events beyond these limits. Returns their number. */
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
        { err, store: store.name, retryInMs: MAINTENANCE_INTERVAL_MS },
        "heron-webhooks: cleanup failed; retrying",
      );
    }
  }
}
