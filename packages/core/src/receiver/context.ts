import type { Clock } from "../clock.ts";
import type { BodyForm } from "../signature/body-forms.ts";
import type { VerifyResult } from "../signature/verify.ts";

/** A handler's second argument. */
export interface ReceiveContext<Source = unknown> {
  /** The event's `id`, else its MAC. Use it as the idempotency key. */
  readonly id: string;
  /** Aborts when `timeout` has passed since the request's arrival. */
  readonly signal: AbortSignal;
  /** The form of the body that was signed. */
  readonly form: BodyForm;
  /** The index of the secret that signed it. */
  readonly secretIndex: number;
  /**
   * The verified bytes as received: to archive, forward, or read values that JSON.parse changes, such as numbers over
   * 2^53. Do not modify.
   */
  readonly rawBody: Uint8Array;
  /** The framework's own request. */
  readonly request: Source;
}

/** The context of one event, with its timer. */
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

  /** Starts the timer. At its expiry, `onExpired` starts the next timer, which {@link stopTimer} cancels. */
  startTimer(clock: Clock, timeLeftMs: number, onExpired: () => () => void): void {
    this.#cancelTimer = clock.setTimeout(
      () => {
        this.#cancelTimer = onExpired();
        this.#expire();
      },
      Math.max(0, timeLeftMs),
    );
  }

  // Created on first use: most handlers need no signal.
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isExpired) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Resolves when the timer expires; never after {@link stopTimer}. */
  waitForExpiry(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isExpired) resolve();
      else this.#onExpire = resolve;
    });
  }

  /** Stops the timer: the event is complete. */
  stopTimer(): void {
    this.#cancelTimer();
  }

  #expire(): void {
    this.#isExpired = true;
    this.#controller?.abort();
    this.#onExpire();
  }
}
