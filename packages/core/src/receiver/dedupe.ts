import { type Clock, systemClock } from "../clock.ts";
import { HeronError } from "../errors.ts";

/** What came of a reservation: handled before, being handled (for so many ms at most), or yours to handle. */
export type Reservation = "done" | { readonly busy: number } | { readonly token: string };

/**
 * Remembers which events were handled, for one process or for many.
 *
 * Laws, which `dedupeLaws` checks: of any number of reservations of one key at a time, one gets a token; a key that
 * was completed is `done` until its ttl is over; one that was released, or whose lease ran out, can be reserved
 * again; a token that is no longer the key's changes nothing. Each may answer at once or by a promise; a rejection
 * becomes a 503.
 */
export interface DedupeStore {
  /** Claims `key` for `leaseMs` milliseconds. */
  reserve(key: string, leaseMs: number): Reservation | Promise<Reservation>;
  /** The event was handled: `key` is done for `ttlMs` milliseconds. */
  complete(key: string, token: string, ttlMs: number): void | Promise<void>;
  /** The event was not handled: `key` is free again. */
  release(key: string, token: string): void | Promise<void>;
}

export interface MemoryDedupeOptions {
  /** How many handled events are remembered; the oldest go first. Default: 100,000. */
  readonly max?: number;
  /** For tests. Default: the system's clock. */
  readonly clock?: Pick<Clock, "now">;
}

/**
 * A dedupe store in this process's memory: the default. Handled events are forgotten oldest first when there are
 * more than `max`; one that is being handled is never forgotten.
 * @throws HeronError `option_invalid`
 */
export function memoryDedupe({ max = 100_000, clock = systemClock }: MemoryDedupeOptions = {}): DedupeStore {
  if (!Number.isSafeInteger(max) || max < 1)
    throw new HeronError("option_invalid", "max must be a whole number from 1.");
  const leases = new Map<string, { readonly token: string; readonly expiresAt: number }>();
  const completedKeys = new CompletedKeys(max);
  let lastToken = 0;

  return {
    reserve(key, leaseMs) {
      const now = clock.now();
      if (completedKeys.getExpiry(key) > now) return "done";
      const lease = leases.get(key);
      if (lease !== undefined && lease.expiresAt > now) return { busy: lease.expiresAt - now };
      const token = String(++lastToken);
      leases.set(key, { token, expiresAt: now + leaseMs });
      return { token };
    },
    complete(key, token, ttlMs) {
      if (leases.get(key)?.token !== token) return;
      leases.delete(key);
      completedKeys.add(key, clock.now() + ttlMs);
    },
    release(key, token) {
      if (leases.get(key)?.token === token) leases.delete(key);
    },
  };
}

/**
 * The last `max` keys, in a ring: to take the oldest from a `Map` by its order would be to walk past the holes that
 * earlier ones left, up to a hundred microseconds at each event.
 */
class CompletedKeys {
  readonly #max: number;
  readonly #slotByKey = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #expiries: number[] = [];
  #nextSlot = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** When a key is forgotten by its time; 0 if it is not known. */
  getExpiry(key: string): number {
    const slot = this.#slotByKey.get(key);
    return slot === undefined ? 0 : (this.#expiries[slot] ?? 0);
  }

  add(key: string, expiry: number): void {
    const slot = this.#nextSlot;
    const oldest = this.#keys[slot];
    // A key that was added again since lives on in its later slot.
    if (oldest !== undefined && this.#slotByKey.get(oldest) === slot) this.#slotByKey.delete(oldest);
    this.#slotByKey.set(key, slot);
    this.#keys[slot] = key;
    this.#expiries[slot] = expiry;
    this.#nextSlot = (slot + 1) % this.#max;
  }
}
