import { randomUUID } from "node:crypto";
import { decodeEvent } from "../decode.ts";
import { HeronError } from "../errors.ts";
import { parseTimestamp, type WebhookEvent } from "../event.ts";
import { diagnoseSignature } from "../signature/diagnose.ts";
import { matchSignature, type VerifyResult } from "../signature/verify.ts";
import { EventContext, type ReceiveContext } from "./context.ts";
import { createDedupeKey } from "./dedupe-key.ts";
import { isDiscard } from "./handler-errors.ts";
import type { FailureDetails } from "./logger.ts";
import type { ReceiverSettings } from "./parse-options.ts";
import { readSignature } from "./read-signature.ts";
import type { IncomingRequest } from "./request.ts";
import { type ActiveReservation, LEASE_TIMEOUT_FACTOR, Reserver } from "./reserver.ts";
import {
  createDuplicateResponse,
  createErrorResponse,
  getStatus,
  ReceiverError,
  type ReceiverResponse,
} from "./response.ts";

/** A verified event, reserved for the caller. */
export interface AcceptedEvent<Source = unknown> {
  readonly event: WebhookEvent;
  readonly context: ReceiveContext<Source>;
  /**
   * Completes the event: without an error, or with a `Discard`, it is handled; with another error Heron can retry it.
   * Only the first call counts. Never rejects.
   */
  readonly done: (error?: unknown) => Promise<void>;
}

/** Either a response to send, or an event to handle. */
export type AcceptResult<Source = unknown> = { readonly response: ReceiverResponse } | AcceptedEvent<Source>;

/** An accepted event with its timer, which is internal to the receiver. */
export interface TimedAcceptedEvent<Source> extends AcceptedEvent<Source> {
  readonly context: EventContext<Source>;
}

const MAX_BODY_READ_MS = 5000;
const MIN_DIAGNOSIS_INTERVAL_MS = 1000;
const MAX_LOGGED_TOPIC_LENGTH = 128;

/** Processes a request up to its handlers. The order of its steps is the order of its errors. */
export class Acceptor<Source> {
  readonly #settings: ReceiverSettings<Source>;
  readonly #reserver: Reserver | null;
  #inFlightCount = 0;
  #isClosed = false;
  #onIdle: () => void = () => {};
  #diagnosedAt = Number.NEGATIVE_INFINITY;

  constructor(settings: ReceiverSettings<Source>) {
    const { dedupe, timeoutMs, clock, reporter } = settings;
    this.#settings = settings;
    this.#reserver = dedupe === null ? null : new Reserver(dedupe, timeoutMs, clock, reporter);
  }

  /** Never rejects. */
  async accept(
    request: IncomingRequest<Source>,
  ): Promise<{ readonly response: ReceiverResponse } | TimedAcceptedEvent<Source>> {
    this.#inFlightCount++;
    const accepted = await this.#acceptRequest(request);
    if ("response" in accepted) this.#release();
    return accepted;
  }

  async #acceptRequest(
    request: IncomingRequest<Source>,
  ): Promise<{ readonly response: ReceiverResponse } | TimedAcceptedEvent<Source>> {
    const { bodyLimit, clock, secrets, signatureHeader, timeoutMs } = this.#settings;
    const receivedAt = clock.now();
    let isBodyUnread = request.canCloseConnection;
    try {
      if (this.#isClosed) throw new ReceiverError("closed", "The receiver is closing.", { retryAfter: 1000 });
      const signature = readSignature(request, bodyLimit, signatureHeader);
      // By the next microtask, Node has parsed a body that arrived in one packet with the head.
      if (request.readBuffered !== undefined) await undefined;
      const body = request.readBuffered?.(bodyLimit) ?? (await this.#readBody(request));
      isBodyUnread = false;
      const foundSecrets = secrets.getSecrets(request.source);
      const secretList = foundSecrets instanceof Promise ? await foundSecrets : foundSecrets;
      const verified = this.#verifySignature(body, signature, secretList);
      const event = this.#decodeAndValidate(body);
      const context = new EventContext(event.id ?? verified.mac, verified, body, request.source);
      const reservationResult = this.#reserve(event, context, secretList[verified.secretIndex] ?? "");
      const reservation = reservationResult instanceof Promise ? await reservationResult : reservationResult;
      if (reservation === "done") return { response: createDuplicateResponse() };
      return this.#createAcceptedEvent(event, context, reservation, receivedAt + timeoutMs - clock.now());
    } catch (error) {
      return { response: this.fail(error, {}, isBodyUnread) };
    }
  }

  /** Rejects a request. Logs the reason; the response does not contain it. */
  fail(thrown: unknown, details: Partial<FailureDetails>, shouldClose = false): ReceiverResponse {
    const error = HeronError.is(thrown)
      ? thrown
      : new HeronError("handler_failed", "The receiver failed.", { cause: thrown });
    const hint = error instanceof ReceiverError ? error.hint : undefined;
    const id = getStatus(error) === 500 ? randomUUID() : undefined;
    this.#settings.reporter.reportFailure(error, {
      ...details,
      ...(id === undefined ? {} : { id }),
      ...(details.topic === undefined ? {} : { topic: details.topic.slice(0, MAX_LOGGED_TOPIC_LENGTH) }),
      ...(hint === undefined ? {} : { hint }),
    });
    return createErrorResponse(error, id, shouldClose);
  }

  /** Rejects new requests. Resolves when no event is in flight or all leases have expired. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#inFlightCount === 0) return;
    const previousOnIdle = this.#onIdle;
    await new Promise<void>((resolve) => {
      this.#onIdle = () => {
        previousOnIdle();
        resolve();
      };
    });
  }

  #release(): void {
    if (--this.#inFlightCount === 0) this.#onIdle();
  }

  async #readBody(request: IncomingRequest<Source>): Promise<Uint8Array> {
    const { bodyLimit, clock, timeoutMs } = this.#settings;
    const controller = new AbortController();
    const cancel = clock.setTimeout(() => controller.abort(), Math.min(MAX_BODY_READ_MS, timeoutMs));
    try {
      return await request.read(bodyLimit, controller.signal);
    } finally {
      cancel();
    }
  }

  #verifySignature(body: Uint8Array, signature: string, secrets: readonly string[]): VerifyResult {
    const verified = matchSignature(body, signature, secrets, this.#settings.rawBodyOnly);
    if (verified !== null) return verified;
    const now = this.#settings.clock.now();
    const shouldDiagnose = now - this.#diagnosedAt >= MIN_DIAGNOSIS_INTERVAL_MS;
    if (shouldDiagnose) this.#diagnosedAt = now;
    const hint = shouldDiagnose ? diagnoseSignature(body, signature, secrets)?.message : undefined;
    throw new ReceiverError(
      "signature_mismatch",
      "The signature does not belong to this body and the receiver's secrets.",
      { hint },
    );
  }

  #decodeAndValidate(body: Uint8Array): WebhookEvent {
    const { clock, schemas, toleranceMs } = this.#settings;
    const now = clock.now();
    // An event without `created` must not count as new.
    const event = decodeEvent(body, new Date(toleranceMs === null ? now : 0));
    for (const validate of schemas.match(event.topic)) {
      const fault = validate(event.data);
      if (fault !== null)
        throw new HeronError("schema_mismatch", `The event's data does not match its schema: ${fault}.`);
    }
    if (toleranceMs !== null && !(Math.abs(now - parseTimestamp(event.created)) <= toleranceMs))
      throw new HeronError(
        "event_stale",
        `The event's \`created\` is missing or more than ${toleranceMs} ms from now (tolerance).`,
      );
    return event;
  }

  #reserve(
    event: WebhookEvent,
    context: EventContext<Source>,
    secret: string,
  ): DoneOrReserved | null | Promise<DoneOrReserved> {
    if (this.#reserver === null) return null;
    const reservationResult = this.#reserver.reserve(createDedupeKey(this.#settings, event, context, secret));
    return reservationResult instanceof Promise
      ? reservationResult.then(assertNotBusy)
      : assertNotBusy(reservationResult);
  }

  #createAcceptedEvent(
    event: WebhookEvent,
    context: EventContext<Source>,
    reservation: ActiveReservation | null,
    timeLeftMs: number,
  ): TimedAcceptedEvent<Source> {
    const { clock, reporter, timeoutMs } = this.#settings;
    let isOpen = true;
    let isInFlight = true;
    const release = (): void => {
      if (isInFlight) this.#release();
      isInFlight = false;
    };
    const done = async (error?: unknown): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      context.stopTimer();
      const storeUpdate =
        error === undefined || error === null || isDiscard(error)
          ? reservation?.complete()
          : reservation?.release();
      if (storeUpdate !== undefined) await storeUpdate;
      release();
    };
    // `done` may never be called, as when a platform emits no event at the response's end: release at the lease's expiry.
    const expire = (): void => {
      reservation?.expire();
      release();
      const details = { code: "handler_timeout", topic: event.topic.slice(0, MAX_LOGGED_TOPIC_LENGTH) };
      reporter.log(
        "error",
        details,
        "event lease expired before the handler finished; it may be handled again",
      );
    };
    context.startTimer(clock, timeLeftMs, () =>
      clock.setTimeout(expire, timeoutMs * (LEASE_TIMEOUT_FACTOR - 1)),
    );
    return { event, context, done };
  }
}

type DoneOrReserved = "done" | ActiveReservation;

function assertNotBusy(reservation: "done" | { readonly busy: number } | ActiveReservation): DoneOrReserved {
  if (reservation === "done" || "complete" in reservation) return reservation;
  const details = { retryAfter: reservation.busy };
  throw new ReceiverError("duplicate_in_progress", "The same event is being handled right now.", details);
}
