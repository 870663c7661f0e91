import type { Clock } from "@heron-webhooks/core";

/** Smaller jumps of the wall clock are drift, and are followed. */
const MAX_DRIFT_MS = 1000;

/**
 * A wall clock that never runs backwards. When the machine's clock is set back, time continues from its last value, so
 * that a delivery due in a minute is not due tomorrow. When the clock is later set forward, the offset shrinks first.
 */
export class MonotonicClock {
  readonly #wall: Pick<Clock, "now">;
  #lastWall: number;
  #lastMonotonic: number;
  #offsetMs = 0;

  constructor(wall: Pick<Clock, "now">) {
    this.#wall = wall;
    this.#lastWall = wall.now();
    this.#lastMonotonic = performance.now();
  }

  now(): number {
    const wall = this.#wall.now();
    const monotonic = performance.now();
    const jumpMs = wall - this.#lastWall - (monotonic - this.#lastMonotonic);
    if (wall < this.#lastWall) this.#offsetMs -= jumpMs;
    else if (jumpMs > MAX_DRIFT_MS) this.#offsetMs = Math.max(0, this.#offsetMs - jumpMs);
    this.#lastWall = wall;
    this.#lastMonotonic = monotonic;
    return Math.round(wall + this.#offsetMs);
  }

  /** Moves the clock forward to a time that is known to have passed. */
  advanceTo(time: number): void {
    this.#offsetMs += Math.max(0, time - this.now());
  }
}
