import type { Lease } from "../storage/store.ts";
import type { QueuedDelivery } from "./queued-delivery.ts";

/** A lease that has not ended. */
export interface ActiveLease {
  readonly lease: Lease;
  /** The slot of the lease in the table. */
  readonly slot: number;
  readonly delivery: QueuedDelivery;
  expiresAt: number;
  /** The attempt has ended, so it no longer counts towards the webhook's concurrency. */
  hasEnded: boolean;
  /** The result is being written. */
  isCompleting: boolean;
}

/** The active leases, found by the slot number in the lease. It is no `Map` for the reason given at `InFlightSet`. */
export class LeaseTable {
  readonly #slots: (ActiveLease | undefined)[] = [];
  readonly #free: number[] = [];
  #sequence = 0;

  /** Creates a unique lease. */
  grant(claimant: string, delivery: QueuedDelivery, expiresAt: number): ActiveLease {
    const slot = this.#free.pop() ?? this.#slots.length;
    const lease = `${claimant}/${slot}/${++this.#sequence}`;
    const activeLease: ActiveLease = {
      lease,
      slot,
      delivery,
      expiresAt,
      hasEnded: false,
      isCompleting: false,
    };
    this.#slots[slot] = activeLease;
    return activeLease;
  }

  get(lease: Lease): ActiveLease | undefined {
    const activeLease = this.#slots[parseSlot(lease)];
    return activeLease?.lease === lease ? activeLease : undefined;
  }

  /** Returns false if the lease had ended already. */
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
