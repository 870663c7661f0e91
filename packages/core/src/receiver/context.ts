import type { Clock } from "../clock.ts";
import type { BodyForm } from "../signature/body-forms.ts";
import type { VerifyResult } from "../signature/verify.ts";

/** What a handler knows beside the event. */
export interface ReceiveContext<Source = unknown> {
  /** What makes this event this one and no other: its `id`, else its MAC. The key to be idempotent by. */
  readonly id: string;
  /** Aborted when the time for the reply is over: 9 s after the request arrived, unless `timeout` says otherwise. */
  readonly signal: AbortSignal;
  /** The spelling of the body that was signed. */
  readonly form: BodyForm;
  /** Which of the secrets it was signed with, from 0. */
  readonly secretIndex: number;
  /**
   * The bytes that came, as they were verified: to archive, to pass on, or to read what JSON.parse changes, such as
   * numbers over 2^53. Not to be changed.
   */
  readonly rawBody: Uint8Array;
  /** The framework's own request. */
  readonly request: Source;
}

/** The context of one event, and the time that is left for it. */
export class EventContext<Source> implements ReceiveContext<Source> {
  readonly id: string;
  readonly form: BodyForm;
  readonly secretIndex: number;
  readonly rawBody: Uint8Array;
  readonly request: Source;
  #controller: AbortController | undefined;
  #isExpired = false;
  #onExpire: () => void = () => {};
  #cancelTimer: () => void = () => {};

  constructor(id: string, verified: VerifyResult, rawBody: Uint8Array, request: Source) {
    this.id = id;
    this.form = verified.form;
    this.secretIndex = verified.secretIndex;
    this.rawBody = rawBody;
    this.request = request;
  }

  /** Its time begins to run out. When it is over, `onLate` gives the timer that runs on until {@link stop}. */
  startTimer(clock: Clock, timeLeftMs: number, onExpired: () => () => void): void {
    this.#cancelTimer = clock.setTimeout(
      () => {
        this.#cancelTimer = onExpired();
        this.#expire();
      },
      Math.max(0, timeLeftMs),
    );
  }

  // Made when it is first asked for: most handlers are done before it would matter.
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isExpired) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Resolves when the time is over; never if it is stopped before. */
  waitForExpiry(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isExpired) resolve();
      else this.#onExpire = resolve;
    });
  }

  /** The event is taken care of: its time no longer runs. */
  stopTimer(): void {
    this.#cancelTimer();
  }

  #expire(): void {
    this.#isExpired = true;
    this.#controller?.abort();
    this.#onExpire();
  }
}
