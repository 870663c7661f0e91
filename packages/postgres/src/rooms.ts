/** With less left, what is pending is counted at each event: so that an account has no more than it may. */
const AMPLE = 100_000;
/**
 * Else it is believed for a while, in which others may publish for the account as well: nobody publishes so many in a
 * millisecond, and not for longer than this. To count at each event would cost more than the rest of it.
 */
const MOST_A_MS = 100;
const LONGEST = 10_000;
const MOST = 10_000;

interface Room {
  readonly left: number;
  readonly at: number;
}

/** How many deliveries more accounts may have pending, as far as is known. */
export class Rooms {
  readonly #rooms = new Map<number, Room>();

  /** Whether it need not be counted. */
  isAmple(account: number): boolean {
    const room = this.#rooms.get(account);
    if (room === undefined || room.left < AMPLE) return false;
    return performance.now() - room.at < Math.min(LONGEST, room.left / MOST_A_MS);
  }

  /** What is left, if it was counted; else what was made, of whichever account, is taken from it. */
  learn(account: number, left: number | null, made: number): void {
    const room = this.#rooms.get(account);
    if (left !== null) this.#rooms.set(account, { left, at: performance.now() });
    else if (room !== undefined) this.#rooms.set(account, { ...room, left: room.left - made });
    if (this.#rooms.size > MOST) this.#rooms.clear();
  }
}
