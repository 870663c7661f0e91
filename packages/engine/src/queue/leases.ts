import type { Lease } from "../storage/store.ts";
import type { QueuedDelivery } from "./queued-delivery.ts";

/** A lease that lasts. */
export interface ActiveLease {
  readonly lease: Lease;
  /** Where it lies. */
  readonly slot: number;
  readonly delivery: QueuedDelivery;
  expiresAt: number;
  /** The attempt has ended: the webhook has room for another. */
  hasEnded: boolean;
  /** What came of it is being written down. */
  isCompleting: boolean;
}

/**
 * The leases that last, each found by its own text, which says where it lies. Not a `Map`, for the reason that a `Bag` is
 * no `Set`.
 */
export class LeaseTable {
  readonly #slots: (ActiveLease | undefined)[] = [];
  readonly #free: number[] = [];
  #sequence = 0;

  /** A new one, unlike any before. */
  grant(claimant: string, delivery: QueuedDelivery, expiresAt: number): ActiveLease {
    const slot = this.#free.pop() ?? this.#slots.length;
    const lease = `${claimant}/${slot}/${++this.#sequence}`;
    const activeLease: ActiveLease = { lease, slot, delivery, expiresAt, hasEnded: false, isCompleting: false };
    this.#slots[slot] = activeLease;
    return activeLease;
  }

  get(lease: Lease): ActiveLease | undefined {
    const activeLease = this.#slots[parseSlot(lease)];
    return activeLease?.lease === lease ? activeLease : undefined;
  }

  /** False if it was over. */
  delete(activeLease: ActiveLease): boolean {
    const { slot } = activeLease;
    if (this.#slots[slot] !== activeLease) return false;
    this.#slots[slot] = undefined;
    this.#free.push(slot);
    return true;
  }

  *[Symbol.iterator](): Generator<ActiveLease, void, undefined> {
    for (const live of this.#slots) if (live !== undefined) yield live;
  }
}

function parseSlot(lease: Lease): number {
  const end = lease.lastIndexOf("/");
  return Number(lease.slice(lease.lastIndexOf("/", end - 1) + 1, end));
}
