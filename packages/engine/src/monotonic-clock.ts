import type { Clock } from "@heron-webhooks/core";

/** What the clock jumps by less is drift, and followed. */
const MAX_DRIFT_MS = 1000;

/**
 * The time, never running backwards: when the machine's clock is set back, time goes on from where it was, so that what is
 * due in a minute is not due tomorrow; when it is set forward again, that is made good first.
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

  /** It is known to have been so late already. */
  advanceTo(time: number): void {
    this.#offsetMs += Math.max(0, time - this.now());
  }
}
