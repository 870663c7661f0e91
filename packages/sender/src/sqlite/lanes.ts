import type { Hot } from "../schedule/hot.ts";
import type { HotLane } from "../schedule/hot-delivery.ts";
import { nextTurn } from "../turn.ts";
import type { News } from "./file/news.ts";
import { FOREVER } from "./file/schema.ts";

/** With more webhooks in memory, those with nothing to do are forgotten. */
const MOST = 20_000;

/** The webhooks that the thread has introduced, by the number that it calls them by. */
export class Lanes {
  readonly #hot: Hot;
  readonly #byNumber = new Map<number, HotLane>();
  readonly #numbers = new Map<HotLane, number>();
  #crowded = MOST;

  constructor(hot: Hot) {
    this.#hot = hot;
  }

  get(number: number): HotLane | undefined {
    return this.#byNumber.get(number);
  }

  numberOf(lane: HotLane): number | undefined {
    return this.#numbers.get(lane);
  }

  /** Takes in what the thread has to tell, in the order in which it happened there. */
  hear({ introduced, stored }: News, now: number): void {
    for (const { number, record, gates } of introduced) {
      const lane = this.#hot.lane(record.id) ?? this.#hot.addLane(record, now);
      this.#byNumber.set(number, lane);
      this.#numbers.set(lane, number);
      for (const { scope, gate, until } of gates)
        (scope === "account" ? lane.account : lane).gates.set(
          gate,
          until === FOREVER ? Number.POSITIVE_INFINITY : until,
        );
    }
    for (const { webhook, due, replaces } of stored) {
      const lane = this.#byNumber.get(webhook);
      if (lane === undefined) continue;
      const known = replaces ? null : lane.storedDue;
      lane.storedDue = due === null || known === null ? (due ?? known) : Math.min(known, due);
      this.#hot.look(lane, now);
    }
  }

  remove(id: string): void {
    const lane = this.#hot.lane(id);
    if (lane === undefined) return;
    this.#hot.removeLane(id);
    this.#byNumber.delete(this.#numbers.get(lane) ?? 0);
    this.#numbers.delete(lane);
  }

  /**
   * Has the thread forget webhooks with nothing to do, if there are many, and forgets them too. They are met again when
   * they have something.
   */
  async forgetIdle(forget: (numbers: readonly number[]) => Promise<void>): Promise<void> {
    if (this.#byNumber.size < this.#crowded) return;
    // Whatever comes of it, it is not tried again before many more have come.
    this.#crowded = this.#byNumber.size + MOST;
    const idle = [...this.#byNumber].filter(([, lane]) => lane.isIdle).map(([number]) => number);
    await forget(idle);
    // What was published in the same transaction has been pushed by then, and its webhook is idle no more.
    await nextTurn();
    for (const number of idle) {
      const lane = this.#byNumber.get(number);
      // What has something to do by now stays; the thread meets it again when it next hears of it.
      if (lane?.isIdle === true) this.remove(lane.record.id);
    }
    this.#crowded = Math.max(MOST, this.#byNumber.size * 2);
  }
}
