import type { Lease } from "../storage/store.ts";
import type { HotDelivery } from "./hot-delivery.ts";

/** A lease that lasts. */
export interface LiveLease {
  readonly lease: Lease;
  /** Where it lies. */
  readonly slot: number;
  readonly delivery: HotDelivery;
  until: number;
  /** The attempt has ended: the webhook has room for another. */
  ended: boolean;
  /** What came of it is being written down. */
  settling: boolean;
}

/**
 * The leases that last, each found by its own text, which says where it lies. Not a `Map`, for the reason that a `Bag` is
 * no `Set`.
 */
export class Leases {
  readonly #slots: (LiveLease | undefined)[] = [];
  readonly #free: number[] = [];
  #sequence = 0;

  /** A new one, unlike any before. */
  grant(worker: string, delivery: HotDelivery, until: number): LiveLease {
    const slot = this.#free.pop() ?? this.#slots.length;
    const lease = `${worker}/${slot}/${++this.#sequence}`;
    const live: LiveLease = { lease, slot, delivery, until, ended: false, settling: false };
    this.#slots[slot] = live;
    return live;
  }

  get(lease: Lease): LiveLease | undefined {
    const live = this.#slots[slotOf(lease)];
    return live?.lease === lease ? live : undefined;
  }

  /** False if it was over. */
  delete(live: LiveLease): boolean {
    const { slot } = live;
    if (this.#slots[slot] !== live) return false;
    this.#slots[slot] = undefined;
    this.#free.push(slot);
    return true;
  }

  *[Symbol.iterator](): Generator<LiveLease, void, undefined> {
    for (const live of this.#slots) if (live !== undefined) yield live;
  }
}

function slotOf(lease: Lease): number {
  const end = lease.lastIndexOf("/");
  return Number(lease.slice(lease.lastIndexOf("/", end - 1) + 1, end));
}
