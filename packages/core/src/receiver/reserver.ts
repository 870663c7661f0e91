import type { Clock } from "../clock.ts";
import { HeronError } from "../errors.ts";
import type { Reservation } from "./dedupe.ts";
import type { Reporter } from "./logger.ts";
import type { DedupeSettings } from "./parse-options.ts";
import { isThenable, TIMED_OUT, withTimeout } from "./with-timeout.ts";

const MAX_RESERVE_MS = 2000;

/** The longest wait for a store update before the response: Heron times out after 10 s. */
const MAX_UPDATE_MS = 500;

/**
 * The lease as a multiple of the timeout. Shorter than the minute before Heron's first retry, so that the retry after a
 * crash finds an expired lease.
 */
export const LEASE_TIMEOUT_FACTOR = 5;

/** A reservation of this receiver, until one of these is called. None throws or rejects. */
export interface ActiveReservation {
  complete(): Promise<void> | undefined;
  release(): Promise<void> | undefined;
  /** The lease has expired: this process releases the key, too. */
  expire(): void;
}

type ReserveResult = "done" | { readonly busy: number } | ActiveReservation;

/** Reserves events in the dedupe store. */
export class Reserver {
  readonly #settings: DedupeSettings;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  // By key: a store can give the key away before a late handler finishes.
  readonly #active = new Map<string, ActiveReservation>();

  constructor(settings: DedupeSettings, timeout: number, clock: Clock, reporter: Reporter) {
    this.#settings = settings;
    this.#timeoutMs = timeout;
    this.#clock = clock;
    this.#reporter = reporter;
  }

  /**
   * Returns a promise only if the store does, so a store in memory costs no microtask.
   * @throws HeronError `dedupe_unavailable`
   */
  reserve(key: string): ReserveResult | Promise<ReserveResult> {
    if (this.#active.has(key)) return { busy: 1000 };
    try {
      const result = this.#settings.store.reserve(key, this.#timeoutMs * LEASE_TIMEOUT_FACTOR);
      return isThenable(result) ? this.#awaitResult(key, result) : this.#toReserveResult(key, result);
    } catch (cause) {
      throw createDedupeError(cause);
    }
  }

  async #awaitResult(key: string, pendingResult: PromiseLike<Reservation>): Promise<ReserveResult> {
    try {
      const result = await withTimeout(this.#clock, MAX_RESERVE_MS, pendingResult);
      if (result !== TIMED_OUT) return this.#toReserveResult(key, result);
      // Release a late reservation: its event was rejected.
      const released = pendingResult.then(
        (lateResult) => this.#releaseLateToken(key, lateResult),
        () => {},
      );
      released.then(undefined, (err: unknown) => this.#logUpdateFailure("release", err));
    } catch (cause) {
      throw createDedupeError(cause);
    }
    throw createDedupeError(new Error(`no result within ${MAX_RESERVE_MS} ms`));
  }

  #releaseLateToken(key: string, lateResult: Reservation | null): void | Promise<void> {
    if (typeof lateResult !== "object" || lateResult === null || !("token" in lateResult)) return undefined;
    return this.#settings.store.release(key, lateResult.token);
  }

  #toReserveResult(key: string, result: Reservation): ReserveResult {
    if (result === "done") return result;
    if ("busy" in result && Number.isFinite(result.busy)) return result;
    if (!("token" in result) || typeof result.token !== "string")
      throw new TypeError("the store returned neither done, busy nor a token");
    const { store, ttlMs } = this.#settings;
    const { token } = result;
    const reservation: ActiveReservation = {
      complete: () =>
        this.#updateStore("complete", reservation, key, () => store.complete(key, token, ttlMs)),
      release: () => this.#updateStore("release", reservation, key, () => store.release(key, token)),
      expire: () => this.#removeActive(key, reservation),
    };
    this.#active.set(key, reservation);
    return reservation;
  }

  #removeActive(key: string, reservation: ActiveReservation): void {
    if (this.#active.get(key) === reservation) this.#active.delete(key);
  }

  /** Updates the store after the handlers. An error is logged and does not change the response. */
  #updateStore(
    operation: string,
    reservation: ActiveReservation,
    key: string,
    call: () => void | Promise<void>,
  ): Promise<void> | undefined {
    try {
      const update = call();
      if (isThenable(update)) return this.#awaitUpdate(operation, reservation, key, update);
    } catch (err) {
      this.#logUpdateFailure(operation, err);
    }
    this.#removeActive(key, reservation);
    return undefined;
  }

  async #awaitUpdate(
    operation: string,
    reservation: ActiveReservation,
    key: string,
    update: PromiseLike<void>,
  ): Promise<void> {
    try {
      if ((await withTimeout(this.#clock, MAX_UPDATE_MS, update)) === TIMED_OUT)
        throw new Error(`no result within ${MAX_UPDATE_MS} ms`);
    } catch (err) {
      this.#logUpdateFailure(operation, err);
    }
    this.#removeActive(key, reservation);
  }

  #logUpdateFailure(operation: string, err: unknown): void {
    const details = { code: "dedupe_unavailable", err };
    this.#reporter.log(
      "error",
      details,
      `the dedupe store could not ${operation} an event; it may be handled again`,
    );
  }
}

function createDedupeError(cause: unknown): HeronError {
  const message = "The dedupe store failed or timed out; responded with 503 so that Heron retries.";
  return new HeronError("dedupe_unavailable", message, { cause });
}
