/**
 * For so long, in milliseconds, it is believed that an account has room, if it had for so many more: to count what is
 * pending at each event would cost more than the rest of it, and others may publish for it meanwhile.
 */
const BELIEVED = 1000;
const AMPLE = 100_000;
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
    return room !== undefined && room.left >= AMPLE && performance.now() - room.at < BELIEVED;
  }

  /** What is left, if it was counted; else what was made, of whichever account, is taken from it. */
  learn(account: number, left: number | null, made: number): void {
    const room = this.#rooms.get(account);
    if (left !== null) this.#rooms.set(account, { left, at: performance.now() });
    else if (room !== undefined) this.#rooms.set(account, { ...room, left: room.left - made });
    if (this.#rooms.size > MOST) this.#rooms.clear();
  }
}
