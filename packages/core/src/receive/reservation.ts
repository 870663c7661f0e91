import type { Clock } from "../clock.ts";
import { HeronError } from "../errors.ts";
import { isThenable, OUT_OF_TIME, within } from "./deadline.ts";
import type { Reservation } from "./dedupe.ts";
import type { Reporter } from "./logger.ts";
import type { DedupeSettings } from "./settings.ts";

const LONGEST_ANSWER = 2000;

/** The reply waits no longer for a store to note what the handlers came to: Heron's own patience ends at 10 s. */
const LONGEST_NOTE = 500;

/**
 * How long a reservation lasts without a word: several times what a handler has, and under the minute after which
 * Heron first tries again, so that an event outlives the crash of the process that was handling it.
 */
export const LEASE_TIMEOUTS = 5;

/** An event that is this receiver's to handle, until one of these is called. None throws or rejects. */
export interface Reserved {
  complete(): Promise<void> | undefined;
  release(): Promise<void> | undefined;
  /** The lease is over: this process no longer holds the event back either. */
  expire(): void;
}

type Answer = "done" | { readonly busy: number } | Reserved;

/** Reserves events, so that each is handled once. */
export class Reservations {
  readonly #settings: DedupeSettings;
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  // By key, the reservation: a store may give it to another before a late handler is through.
  readonly #running = new Map<string, Reserved>();

  constructor(settings: DedupeSettings, timeout: number, clock: Clock, reporter: Reporter) {
    this.#settings = settings;
    this.#timeout = timeout;
    this.#clock = clock;
    this.#reporter = reporter;
  }

  /**
   * A promise only where the store gives one: a store in memory costs no turn.
   * @throws HeronError `dedupe_unavailable`
   */
  reserve(key: string): Answer | Promise<Answer> {
    if (this.#running.has(key)) return { busy: 1000 };
    try {
      const answer = this.#settings.store.reserve(key, this.#timeout * LEASE_TIMEOUTS);
      return isThenable(answer) ? this.#wait(key, answer) : this.#take(key, answer);
    } catch (cause) {
      throw failed(cause);
    }
  }

  async #wait(key: string, promised: PromiseLike<Reservation>): Promise<Answer> {
    try {
      const answer = await within(this.#clock, LONGEST_ANSWER, promised);
      if (answer !== OUT_OF_TIME) return this.#take(key, answer);
      // What it reserves after all is not going to be handled.
      const handedBack = promised.then(
        (late) => this.#handBack(key, late),
        () => {},
      );
      handedBack.then(undefined, (err: unknown) => this.#untold("release", err));
    } catch (cause) {
      throw failed(cause);
    }
    throw failed(new Error(`no answer within ${LONGEST_ANSWER} ms`));
  }

  #handBack(key: string, late: Reservation | null): void | Promise<void> {
    if (typeof late !== "object" || late === null || !("token" in late)) return undefined;
    return this.#settings.store.release(key, late.token);
  }

  #take(key: string, reservation: Reservation): Answer {
    if (reservation === "done") return reservation;
    if ("busy" in reservation && Number.isFinite(reservation.busy)) return reservation;
    if (!("token" in reservation) || typeof reservation.token !== "string")
      throw new TypeError("the store answered neither done, nor busy, nor with a token");
    const { store, ttl } = this.#settings;
    const { token } = reservation;
    const reserved: Reserved = {
      complete: () => this.#tell("complete", reserved, key, () => store.complete(key, token, ttl)),
      release: () => this.#tell("release", reserved, key, () => store.release(key, token)),
      expire: () => this.#stop(key, reserved),
    };
    this.#running.set(key, reserved);
    return reserved;
  }

  #stop(key: string, reserved: Reserved): void {
    if (this.#running.get(key) === reserved) this.#running.delete(key);
  }

  /** What the handlers came to is settled by now: a store that fails here is logged, and changes no reply. */
  #tell(
    what: string,
    reserved: Reserved,
    key: string,
    call: () => void | Promise<void>,
  ): Promise<void> | undefined {
    try {
      const told = call();
      if (isThenable(told)) return this.#told(what, reserved, key, told);
    } catch (err) {
      this.#untold(what, err);
    }
    this.#stop(key, reserved);
    return undefined;
  }

  async #told(what: string, reserved: Reserved, key: string, told: PromiseLike<void>): Promise<void> {
    try {
      if ((await within(this.#clock, LONGEST_NOTE, told)) === OUT_OF_TIME)
        throw new Error(`no answer within ${LONGEST_NOTE} ms`);
    } catch (err) {
      this.#untold(what, err);
    }
    this.#stop(key, reserved);
  }

  #untold(what: string, err: unknown): void {
    const details = { code: "dedupe_unavailable", err };
    this.#reporter.log(
      "error",
      details,
      `the dedupe store could not ${what} an event; it may be handled again`,
    );
  }
}

function failed(cause: unknown): HeronError {
  const message =
    "The dedupe store failed, or gave no answer in time; the event is answered with 503 so that it comes again.";
  return new HeronError("dedupe_unavailable", message, { cause });
}
