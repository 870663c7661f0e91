import { type Clock, systemClock } from "../clock.ts";
import { HeronError } from "../errors.ts";

/** The result of a reservation: `"done"`, `busy` for at most so many milliseconds, or a token to handle the event. */
export type Reservation = "done" | { readonly busy: number } | { readonly token: string };

/**
 * Stores the keys of handled events, for one process or for many.
 *
 * `testDedupeStore` checks these rules: of concurrent reservations of one key, one gets a token; a completed key is
 * `done` until its ttl has passed; a released key, or one whose lease has expired, can be reserved again; a stale token
 * changes nothing. Each method may return a promise; a rejection becomes a 503.
 */
export interface DedupeStore {
  /** Reserves `key` for `leaseMs` milliseconds. */
  reserve(key: string, leaseMs: number): Reservation | Promise<Reservation>;
  /** The event was handled: `key` is done for `ttlMs` milliseconds. */
  complete(key: string, token: string, ttlMs: number): void | Promise<void>;
  /** The event was not handled: `key` is free again. */
  release(key: string, token: string): void | Promise<void>;
}

export interface MemoryDedupeOptions {
  /** The most stored keys; the oldest are evicted first. Default: 100,000. */
  readonly max?: number;
  /** For tests. Default: the system's clock. */
  readonly clock?: Pick<Clock, "now">;
}

/**
 * A dedupe store in memory: the default. Evicts the oldest completed keys beyond `max`; never evicts reservations.
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
 * The last `max` keys, in a ring buffer. Taking the oldest key from a `Map` skips deleted entries, which costs up to a
 * hundred microseconds.
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

  /** When a key expires; 0 if unknown. */
  getExpiry(key: string): number {
    const slot = this.#slotByKey.get(key);
    return slot === undefined ? 0 : (this.#expiries[slot] ?? 0);
  }

  add(key: string, expiry: number): void {
    const slot = this.#nextSlot;
    const oldest = this.#keys[slot];
    // A key that was added again is in a later slot.
    if (oldest !== undefined && this.#slotByKey.get(oldest) === slot) this.#slotByKey.delete(oldest);
    this.#slotByKey.set(key, slot);
    this.#keys[slot] = key;
    this.#expiries[slot] = expiry;
    this.#nextSlot = (slot + 1) % this.#max;
  }
}
