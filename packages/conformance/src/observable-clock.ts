/** A clock that moves only by `advance`. */
export interface ManualClock {
  now(): number;
  setTimeout(callback: () => void, ms: number): () => void;
  advance(ms: number): Promise<void>;
}

/** A manual clock on which a test can wait for a timer, rather than sleep. */
export class ObservableClock implements ManualClock {
  readonly #clock: ManualClock;
  readonly #timers = new Set<{ readonly ms: number }>();
  readonly #waiters = new Set<{ readonly ms: number; readonly notify: () => void }>();

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimeout(callback: () => void, ms: number): () => void {
    const timer = { ms };
    this.#timers.add(timer);
    const cancel = this.#clock.setTimeout(() => {
      this.#timers.delete(timer);
      callback();
    }, ms);
    for (const waiter of this.#waiters) if (waiter.ms === ms) waiter.notify();
    return () => {
      this.#timers.delete(timer);
      cancel();
    };
  }

  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }

  /** Resolves when a timer of `ms` runs. */
  async waitForTimer(ms: number): Promise<void> {
    if ([...this.#timers].some((timer) => timer.ms === ms)) return;
    await new Promise<void>((resolve) => {
      const waiting = {
        ms,
        notify: () => {
          this.#waiters.delete(waiting);
          resolve();
        },
      };
      this.#waiters.add(waiting);
    });
  }
}
