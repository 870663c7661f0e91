import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import { HeronError } from "../errors.ts";
import { OUT_OF_TIME, within } from "./deadline.ts";
import type { Reservation } from "./dedupe.ts";
import type { Reporter } from "./logger.ts";
import type { DedupeSettings } from "./settings.ts";

const LONGEST_ANSWER = 2000;

/**
 * How long a reservation lasts without a word: several times what a handler has, and under the minute after which
 * Heron first tries again, so that an event outlives the crash of the process that was handling it.
 */
const LEASE_TIMEOUTS = 5;
const LONGEST_KEY = 200;

/** An event that is this receiver's to handle, until one of these is called. Neither rejects. */
export interface Reserved {
  complete(): Promise<void>;
  release(): Promise<void>;
}

/** Reserves events, so that each is handled once. */
export class Reservations {
  readonly #settings: DedupeSettings;
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  // A handler may outstay its lease; in this process at least, its event stays reserved all the same.
  readonly #running = new Set<string>();

  constructor(settings: DedupeSettings, timeout: number, clock: Clock, reporter: Reporter) {
    this.#settings = settings;
    this.#timeout = timeout;
    this.#clock = clock;
    this.#reporter = reporter;
  }

  /** @throws HeronError `dedupe_unavailable` */
  async reserve(name: string): Promise<"done" | { readonly busy: number } | Reserved> {
    const key = name.length > LONGEST_KEY ? createHash("sha256").update(name).digest("base64") : name;
    if (this.#running.has(key)) return { busy: 1000 };
    const reservation = await this.#ask(key);
    if (reservation === "done" || "busy" in reservation) return reservation;
    const { store, ttl } = this.#settings;
    const { token } = reservation;
    this.#running.add(key);
    return {
      complete: () => this.#tell("complete", key, () => store.complete(key, token, ttl)),
      release: () => this.#tell("release", key, () => store.release(key, token)),
    };
  }

  async #ask(key: string): Promise<Reservation> {
    let answer: Reservation | typeof OUT_OF_TIME;
    try {
      answer = await within(
        this.#clock,
        LONGEST_ANSWER,
        this.#settings.store.reserve(key, this.#timeout * LEASE_TIMEOUTS),
      );
    } catch (cause) {
      throw new HeronError(
        "dedupe_unavailable",
        "The dedupe store failed; the event is answered with 503 so that it comes again.",
        { cause },
      );
    }
    if (answer === OUT_OF_TIME)
      throw new HeronError(
        "dedupe_unavailable",
        `The dedupe store took more than ${LONGEST_ANSWER} ms; the event is answered with 503 so that it comes again.`,
      );
    return answer;
  }

  /** What the handlers came to is settled by now: a store that fails here is logged, and changes no reply. */
  async #tell(what: string, key: string, call: () => void | Promise<void>): Promise<void> {
    try {
      const answer = await within(this.#clock, LONGEST_ANSWER, call());
      if (answer === OUT_OF_TIME) throw new Error(`no answer within ${LONGEST_ANSWER} ms`);
    } catch (err) {
      this.#reporter.log(
        "error",
        { code: "dedupe_unavailable", err },
        `the dedupe store could not ${what} an event; it may be handled again`,
      );
    } finally {
      this.#running.delete(key);
    }
  }
}
