import type { EventMap, HeronEvents } from "../catalog.ts";
import { HeronError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import { type Accepted, type AcceptedEvent, Acceptor, type TimedEvent } from "./accept.ts";
import type { ReceiveContext } from "./context.ts";
import type { ReceiverOptions } from "./options.ts";
import { handled, Refusal, type Reply } from "./reply.ts";
import type { IncomingRequest } from "./request.ts";
import { settingsOf } from "./settings.ts";
import { isDiscard, isRetry, lookedAt } from "./verdict.ts";

/** Takes requests in and gives replies out, for any framework. */
export interface Receiver<Source = unknown> {
  /** Where it listens; adapters look at it, `receive` does not. */
  readonly path: string;
  /** Verifies a request, handles its event, and says what to answer. Never rejects. */
  receive(request: IncomingRequest<Source>): Promise<Reply>;
  /** Verifies a request and reserves its event, for the caller to handle. Never rejects. */
  accept(request: IncomingRequest<Source>): Promise<Accepted<Source>>;
  /**
   * Refuses new requests with 503, and resolves when no event is being handled any more. A handler is waited for up to five
   * times the time-out, which is as long as its event is reserved.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a receiver. `Events` types its handlers; the default is Heron Data's own catalogue.
 *
 * Matching handlers run one after another, most specific pattern first; the first that throws stops the rest, and
 * the event comes again whole.
 * @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid`
 */
export function createReceiver<Events extends EventMap = HeronEvents, Source = unknown>(
  options: ReceiverOptions<NoInfer<Events>, Source> = {},
): Receiver<Source> {
  const settings = settingsOf(options);
  const { handlers, reporter, timeout } = settings;
  const acceptor = new Acceptor(settings);

  async function receive(request: IncomingRequest<Source>): Promise<Reply> {
    const accepted = await acceptor.accept(request);
    if ("reply" in accepted) return accepted.reply;
    const running = handle(accepted);
    const late = accepted.context.expiry().then(() => outOfTime(accepted));
    return Promise.race([running, late]);
  }

  /** Runs the handlers and settles the event by what they came to, be it in time or after the reply. */
  async function handle(accepted: TimedEvent<Source>): Promise<Reply> {
    const { event, context, done } = accepted;
    try {
      for (const handler of handlers.match(event.topic)) await handler(event, context);
      await done();
      return handled();
    } catch (caught) {
      const thrown = lookedAt(caught);
      await done(thrown ?? new Error(`${thrown} was thrown`));
      return unhandled(accepted, thrown);
    }
  }

  function unhandled({ event, context }: AcceptedEvent<Source>, thrown: unknown): Reply {
    const about = aboutEvent(event, context);
    if (isDiscard(thrown)) {
      reporter.log("info", about, `discarded: ${thrown.message}`);
      return handled();
    }
    if (isRetry(thrown)) {
      const details = { retryAfter: thrown.after, cause: thrown.cause };
      return acceptor.refuse(
        new Refusal("handler_retry", `A handler asks for a retry: ${thrown.message}`, details),
        about,
      );
    }
    const error = HeronError.is(thrown, "handler_failed")
      ? thrown
      : new HeronError(
          "handler_failed",
          "A handler threw; the event is answered with 500 so that it comes again.",
          { cause: thrown },
        );
    return acceptor.refuse(error, about);
  }

  /** The event stays reserved, so that a retry does not run beside the handlers, until these are through or its lease is over. */
  function outOfTime({ event, context }: AcceptedEvent<Source>): Reply {
    const error = new HeronError(
      "handler_timeout",
      `The handlers took longer than ${timeout} ms from the request's arrival. Put long work in your queue and return.`,
    );
    return acceptor.refuse(error, aboutEvent(event, context));
  }

  /** Leaves the handling to the caller, but not the word in the log about one that failed. */
  async function accept(request: IncomingRequest<Source>): Promise<Accepted<Source>> {
    const accepted = await acceptor.accept(request);
    if ("reply" in accepted) return accepted;
    const { event, context, done } = accepted;
    let open = true;
    return {
      event,
      context,
      async done(given) {
        const error = lookedAt(given);
        if (open && error !== undefined && error !== null) unhandled(accepted, error);
        open = false;
        await done(error);
      },
    };
  }

  const close = (): Promise<void> => acceptor.close();
  return { path: settings.path, receive, accept, close, [Symbol.asyncDispose]: close };
}

/** What a log may say of an event. A whole MAC is the event's signature, which has no place there. */
function aboutEvent(
  event: WebhookEvent,
  context: ReceiveContext,
): { readonly topic: string; readonly eventId: string } {
  return { topic: event.topic, eventId: event.id ?? `${context.id.slice(0, 8)}…` };
}
