import { randomUUID } from "node:crypto";
import { decodeEvent } from "../decode.ts";
import { HeronError } from "../errors.ts";
import { timeOf, type WebhookEvent } from "../event.ts";
import { explain } from "../signature/explain.ts";
import { match, type Verified } from "../signature/verify.ts";
import { EventContext, type ReceiveContext } from "./context.ts";
import { dedupeKey } from "./dedupe-key.ts";
import { readHead } from "./head.ts";
import type { FailureDetails } from "./logger.ts";
import { duplicate, Refusal, type Reply, refused, statusOf } from "./reply.ts";
import type { IncomingRequest } from "./request.ts";
import { LEASE_TIMEOUTS, Reservations, type Reserved } from "./reservation.ts";
import type { Settings } from "./settings.ts";
import { isDiscard } from "./verdict.ts";

/** An event that is verified and reserved for the caller. */
export interface AcceptedEvent<Source = unknown> {
  readonly event: WebhookEvent;
  readonly context: ReceiveContext<Source>;
  /**
   * To be called when the event is dealt with: without an error (or with a `Discard`) it is done for good, with one
   * it may come again. Only the first call counts. Never rejects.
   */
  readonly done: (error?: unknown) => Promise<void>;
}

/** What became of a request: either what to answer, or an event to handle. */
export type Accepted<Source = unknown> = { readonly reply: Reply } | AcceptedEvent<Source>;

/** The same with its time, which is the receiver's own to keep. */
export interface TimedEvent<Source> extends AcceptedEvent<Source> {
  readonly context: EventContext<Source>;
}

const LONGEST_READ = 5000;
const EXPLAIN_EVERY = 1000;
const LONGEST_IN_LOG = 128;

/** The path of a request up to its handlers, each step in the order in which it may end. */
export class Acceptor<Source> {
  readonly #settings: Settings<Source>;
  readonly #reservations: Reservations | null;
  #inHand = 0;
  #closed = false;
  #onIdle: () => void = () => {};
  #explainedAt = Number.NEGATIVE_INFINITY;

  constructor(settings: Settings<Source>) {
    const { dedupe, timeout, clock, reporter } = settings;
    this.#settings = settings;
    this.#reservations = dedupe === null ? null : new Reservations(dedupe, timeout, clock, reporter);
  }

  /** Never rejects. */
  async accept(request: IncomingRequest<Source>): Promise<{ readonly reply: Reply } | TimedEvent<Source>> {
    this.#inHand++;
    const accepted = await this.#decide(request);
    if ("reply" in accepted) this.#letGo();
    return accepted;
  }

  async #decide(request: IncomingRequest<Source>): Promise<{ readonly reply: Reply } | TimedEvent<Source>> {
    const { bodyLimit, clock, secrets, signatureHeader, timeout } = this.#settings;
    const arrived = clock.now();
    let unread = request.canClose;
    try {
      if (this.#closed) throw new Refusal("closed", "The receiver is closing.", { retryAfter: 1000 });
      const signature = readHead(request, bodyLimit, signatureHeader);
      // By the next microtask, Node has parsed what came in one packet with the head.
      if (request.readNow !== undefined) await undefined;
      const body = request.readNow?.(bodyLimit) ?? (await this.#read(request));
      unread = false;
      const found = secrets.for(request.source);
      const candidates = found instanceof Promise ? await found : found;
      const verified = this.#verify(body, signature, candidates);
      const event = this.#decode(body);
      const context = new EventContext(event.id ?? verified.mac, verified, body, request.source);
      const reserving = this.#reserve(event, context, candidates[verified.secretIndex] ?? "");
      const reserved = reserving instanceof Promise ? await reserving : reserving;
      if (reserved === "done") return { reply: duplicate() };
      return this.#hand(event, context, reserved, arrived + timeout - clock.now());
    } catch (error) {
      return { reply: this.refuse(error, {}, unread) };
    }
  }

  /** Says no: in the log with the reason, in the reply without. */
  refuse(thrown: unknown, about: Partial<FailureDetails>, close = false): Reply {
    const error = HeronError.is(thrown)
      ? thrown
      : new HeronError("handler_failed", "The receiver failed.", { cause: thrown });
    const hint = error instanceof Refusal ? error.hint : undefined;
    const id = statusOf(error) === 500 ? randomUUID() : undefined;
    this.#settings.reporter.failure(error, {
      ...about,
      ...(id === undefined ? {} : { id }),
      ...(about.topic === undefined ? {} : { topic: about.topic.slice(0, LONGEST_IN_LOG) }),
      ...(hint === undefined ? {} : { hint }),
    });
    return refused(error, id, close);
  }

  /** From now on everything is refused; resolves when nothing is being read or handled, or its lease is over. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#inHand === 0) return;
    const before = this.#onIdle;
    await new Promise<void>((resolve) => {
      this.#onIdle = () => {
        before();
        resolve();
      };
    });
  }

  #letGo(): void {
    if (--this.#inHand === 0) this.#onIdle();
  }

  async #read(request: IncomingRequest<Source>): Promise<Uint8Array> {
    const { bodyLimit, clock, timeout } = this.#settings;
    const controller = new AbortController();
    const cancel = clock.setTimeout(() => controller.abort(), Math.min(LONGEST_READ, timeout));
    try {
      return await request.read(bodyLimit, controller.signal);
    } finally {
      cancel();
    }
  }

  #verify(body: Uint8Array, signature: string, secrets: readonly string[]): Verified {
    const verified = match(body, signature, secrets, this.#settings.strict);
    if (verified !== null) return verified;
    const now = this.#settings.clock.now();
    const may = now - this.#explainedAt >= EXPLAIN_EVERY;
    if (may) this.#explainedAt = now;
    const hint = may ? explain(body, signature, secrets)?.message : undefined;
    throw new Refusal(
      "signature_mismatch",
      "The signature does not belong to this body and the receiver's secrets.",
      { hint },
    );
  }

  #decode(body: Uint8Array): WebhookEvent {
    const { clock, schemas, tolerance } = this.#settings;
    const now = clock.now();
    // An event that does not say when it was made must not count as made just now.
    const event = decodeEvent(body, new Date(tolerance === null ? now : 0));
    for (const validate of schemas.match(event.topic)) {
      const fault = validate(event.data);
      if (fault !== null)
        throw new HeronError("schema_mismatch", `The event's data does not match its schema: ${fault}.`);
    }
    if (tolerance !== null && !(Math.abs(now - timeOf(event.created)) <= tolerance))
      throw new HeronError(
        "event_stale",
        `The event's \`created\` is missing, or further than ${tolerance} ms from now (tolerance).`,
      );
    return event;
  }

  #reserve(
    event: WebhookEvent,
    context: EventContext<Source>,
    secret: string,
  ): Taken | null | Promise<Taken> {
    if (this.#reservations === null) return null;
    const reserving = this.#reservations.reserve(dedupeKey(this.#settings, event, context, secret));
    return reserving instanceof Promise ? reserving.then(unlessBusy) : unlessBusy(reserving);
  }

  #hand(
    event: WebhookEvent,
    context: EventContext<Source>,
    reserved: Reserved | null,
    timeLeft: number,
  ): TimedEvent<Source> {
    const { clock, reporter, timeout } = this.#settings;
    let open = true;
    let inFlight = true;
    const letGo = (): void => {
      if (inFlight) this.#letGo();
      inFlight = false;
    };
    const done = async (error?: unknown): Promise<void> => {
      if (!open) return;
      open = false;
      context.stop();
      const told =
        error === undefined || error === null || isDiscard(error)
          ? reserved?.complete()
          : reserved?.release();
      if (told !== undefined) await told;
      letGo();
    };
    // `done` may never be called, as where a platform's response ends without an event: that must not hold for ever.
    const expire = (): void => {
      reserved?.expire();
      letGo();
      const details = { code: "handler_timeout", topic: event.topic.slice(0, LONGEST_IN_LOG) };
      reporter.log("error", details, "an event was not settled within its lease; it may be handled again");
    };
    context.start(clock, timeLeft, () => clock.setTimeout(expire, timeout * (LEASE_TIMEOUTS - 1)));
    return { event, context, done };
  }
}

type Taken = "done" | Reserved;

function unlessBusy(reservation: "done" | { readonly busy: number } | Reserved): Taken {
  if (reservation === "done" || "complete" in reservation) return reservation;
  const details = { retryAfter: reservation.busy };
  throw new Refusal("duplicate_in_progress", "The same event is being handled right now.", details);
}
