import type { Clock } from "@heron-webhooks/core";

/** What the clock jumps by less is drift, and followed. */
const DRIFT = 1000;

/**
 * The time, never running backwards: when the machine's clock is set back, time goes on from where it was, so that what is
 * due in a minute is not due tomorrow; when it is set forward again, that is made good first.
 */
export class SteadyClock {
  readonly #wall: Pick<Clock, "now">;
  #lastWall: number;
  #lastMonotonic: number;
  #ahead = 0;

  constructor(wall: Pick<Clock, "now">) {
    this.#wall = wall;
    this.#lastWall = wall.now();
    this.#lastMonotonic = performance.now();
  }

  now(): number {
    const wall = this.#wall.now();
    const monotonic = performance.now();
    const jump = wall - this.#lastWall - (monotonic - this.#lastMonotonic);
    if (wall < this.#lastWall) this.#ahead -= jump;
    else if (jump > DRIFT) this.#ahead = Math.max(0, this.#ahead - jump);
    this.#lastWall = wall;
    this.#lastMonotonic = monotonic;
    return Math.round(wall + this.#ahead);
  }

  /** It is known to have been so late already. */
  reach(time: number): void {
    this.#ahead += Math.max(0, time - this.now());
  }
}
