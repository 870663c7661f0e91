import type { Clock } from "../clock.ts";
import { HeronError } from "../errors.ts";
import type { Reservation } from "./dedupe.ts";
import type { Reporter } from "./logger.ts";
import type { DedupeSettings } from "./parse-options.ts";
import { isThenable, TIMED_OUT, withTimeout } from "./with-timeout.ts";

const MAX_RESERVE_MS = 2000;

/** The reply waits no longer for a store to note what the handlers came to: Heron's own patience ends at 10 s. */
const MAX_UPDATE_MS = 500;

/**
 * How long a reservation lasts without a word: several times what a handler has, and under the minute after which
 * Heron first tries again, so that an event outlives the crash of the process that was handling it.
 */
export const LEASE_TIMEOUT_FACTOR = 5;

/** An event that is this receiver's to handle, until one of these is called. None throws or rejects. */
export interface ActiveReservation {
  complete(): Promise<void> | undefined;
  release(): Promise<void> | undefined;
  /** The lease is over: this process no longer holds the event back either. */
  expire(): void;
}

type ReserveResult = "done" | { readonly busy: number } | ActiveReservation;

/** Reserves events, so that each is handled once. */
export class Reserver {
  readonly #settings: DedupeSettings;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  // By key, the reservation: a store may give it to another before a late handler is through.
  readonly #active = new Map<string, ActiveReservation>();

  constructor(settings: DedupeSettings, timeout: number, clock: Clock, reporter: Reporter) {
    this.#settings = settings;
    this.#timeoutMs = timeout;
    this.#clock = clock;
    this.#reporter = reporter;
  }

  /**
   * A promise only where the store gives one: a store in memory costs no turn.
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
      // What it reserves after all is not going to be handled.
      const released = pendingResult.then(
        (lateResult) => this.#releaseLateToken(key, lateResult),
        () => {},
      );
      released.then(undefined, (err: unknown) => this.#logUpdateFailure("release", err));
    } catch (cause) {
      throw createDedupeError(cause);
    }
    throw createDedupeError(new Error(`no answer within ${MAX_RESERVE_MS} ms`));
  }

  #releaseLateToken(key: string, lateResult: Reservation | null): void | Promise<void> {
    if (typeof lateResult !== "object" || lateResult === null || !("token" in lateResult)) return undefined;
    return this.#settings.store.release(key, lateResult.token);
  }

  #toReserveResult(key: string, result: Reservation): ReserveResult {
    if (result === "done") return result;
    if ("busy" in result && Number.isFinite(result.busy)) return result;
    if (!("token" in result) || typeof result.token !== "string")
      throw new TypeError("the store answered neither done, nor busy, nor with a token");
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

  /** What the handlers came to is settled by now: a store that fails here is logged, and changes no reply. */
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
        throw new Error(`no answer within ${MAX_UPDATE_MS} ms`);
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
  const message =
    "The dedupe store failed, or gave no answer in time; responded with 503 so that Heron retries.";
  return new HeronError("dedupe_unavailable", message, { cause });
}
