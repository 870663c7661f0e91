import type { GateChange } from "../storage/gates.ts";
import type { WebhookRecord } from "../storage/records.ts";
import { nextTurn } from "../turn.ts";
import type { Hot } from "./hot.ts";
import type { HotLane } from "./hot-delivery.ts";

/** A webhook that is new to whoever schedules. */
export interface Introduced {
  readonly number: number;
  readonly record: WebhookRecord;
  /** The gates of the webhook and of its account; infinite for as long as nobody opens one. */
  readonly gates: readonly {
    readonly scope: GateChange["scope"];
    readonly gate: GateChange["gate"];
    readonly until: number;
  }[];
}

/** A webhook for which something is kept that is not in memory, and when the first of it is due. */
export interface Stored {
  readonly webhook: number;
  readonly due: number | null;
  /** The first's sequence, which tells it from others that are due at the same time; left out where it is not known. */
  readonly sequence?: number | undefined;
  /** Instead of what was known of it before, not beside it. */
  readonly replaces: boolean;
}

/** With more webhooks in memory, those with nothing to do are forgotten. */
const MOST = 20_000;

/** The webhooks that are in memory, by the number that they go by where they are kept. */
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

  introduce({ number, record, gates }: Introduced, now: number): void {
    const lane = this.#hot.lane(record.id) ?? this.#hot.addLane(record, now);
    this.#byNumber.set(number, lane);
    this.#numbers.set(lane, number);
    for (const { scope, gate, until } of gates)
      (scope === "account" ? lane.account : lane).gates.set(gate, until);
  }

  /** A webhook or its gates were changed by somebody else. */
  changed({ number, record, gates }: Introduced, now: number): void {
    const lane = this.#byNumber.get(number);
    if (lane === undefined) return;
    this.#hot.change(record, now);
    lane.gates.clear();
    lane.account.gates.clear();
    this.introduce({ number, record, gates }, now);
    // An account's gates are those of all its webhooks.
    for (const other of lane.account.lanes) this.#hot.look(other as HotLane, now);
  }

  stored({ webhook, due, sequence = 0, replaces }: Stored, now: number): void {
    const lane = this.#byNumber.get(webhook);
    if (lane === undefined) return;
    const known = replaces ? null : lane.storedDue;
    if (known === null || (due !== null && due < known)) {
      lane.storedDue = due ?? known;
      lane.storedSequence = sequence;
    } else if (due === known) lane.storedSequence = Math.min(lane.storedSequence, sequence);
    this.#hot.look(lane, now);
  }

  numbers(): readonly number[] {
    return [...this.#byNumber.keys()];
  }

  remove(id: string): void {
    const lane = this.#hot.lane(id);
    if (lane === undefined) return;
    this.#hot.removeLane(id);
    this.#byNumber.delete(this.#numbers.get(lane) ?? 0);
    this.#numbers.delete(lane);
  }

  /**
   * Has webhooks with nothing to do forgotten where they are kept, if there are many, and forgets them too. They are met
   * again when they have something.
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
      // What has something to do by now stays; whoever keeps it meets it again when it next hears of it.
      if (lane?.isIdle === true) this.remove(lane.record.id);
    }
    this.#crowded = Math.max(MOST, this.#byNumber.size * 2);
  }
}
