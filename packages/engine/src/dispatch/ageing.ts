import type { Clock, Logger } from "@heron-webhooks/core";
import type { ExpiredDelivery, KeepLimits, Store } from "../storage/store.ts";

export interface AgeingOptions {
  readonly store: Store;
  /** After being overdue for so long a delivery is dead, in milliseconds. */
  readonly expireMs: number;
  readonly keep: KeepLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A delivery has died behind a gate. */
  readonly expired: (delivery: ExpiredDelivery) => Promise<void>;
}

const EVERY = 60_000;
/** How much goes in one step, so that deliveries are not kept waiting. */
const AT_ONCE = 500;

/**
 * Has deliveries die, from time to time, that nobody may attempt, and takes away events that are kept no longer and whose
 * deliveries are settled.
 */
export class Ageing {
  readonly keep: KeepLimits;
  readonly #options: AgeingOptions;
  #stopTimer: () => void = () => {};
  #underWay: Promise<void> = Promise.resolve();
  #running = false;
  #closed = false;

  constructor(options: AgeingOptions) {
    this.keep = options.keep;
    this.#options = options;
  }

  start(): void {
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#later();
  }

  async close(): Promise<void> {
    this.#running = false;
    this.#closed = true;
    this.#stopTimer();
    await this.#underWay;
  }

  /** Takes away what is kept no longer. Says how many events that was. */
  async prune(keep: KeepLimits): Promise<number> {
    let pruned = 0;
    for (let isDone = false; !isDone && !this.#closed; ) {
      const step = await this.#options.store.prune(keep, AT_ONCE);
      pruned += step.pruned;
      isDone = step.isDone;
    }
    return pruned;
  }

  async #expire(): Promise<void> {
    const { store, expireMs, expired } = this.#options;
    for (let isDone = false; !isDone && !this.#closed; ) {
      const step = await store.expire(expireMs, AT_ONCE);
      await Promise.all(step.expired.map(expired));
      isDone = step.isDone;
    }
  }

  #later(): void {
    this.#stopTimer = this.#options.clock.setTimeout(() => {
      this.#underWay = this.#age().finally(() => {
        if (this.#running) this.#later();
      });
    }, EVERY);
  }

  async #age(): Promise<void> {
    const { store, logger } = this.#options;
    try {
      await this.#expire();
      await this.prune(this.keep);
    } catch (err) {
      logger.error(
        { err, store: store.name },
        "heron-webhooks: what is too old could not be taken away; it will be tried again",
      );
    }
  }
}
