import type { EventMap, HeronEvents } from "../catalog.ts";
import { HeronError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import { type AcceptedEvent, Acceptor, type AcceptResult, type TimedAcceptedEvent } from "./acceptor.ts";
import type { ReceiveContext } from "./context.ts";
import { isDiscard, isRetry, toSafeError } from "./handler-errors.ts";
import type { ReceiverOptions } from "./options.ts";
import { parseReceiverOptions } from "./parse-options.ts";
import type { IncomingRequest } from "./request.ts";
import { createHandledResponse, ReceiverError, type ReceiverResponse } from "./response.ts";

/** Takes requests in and gives replies out, for any framework. */
export interface Receiver<Source = unknown> {
  /** Where it listens; adapters look at it, `receive` does not. */
  readonly path: string;
  /** Verifies a request, handles its event, and says what to answer. Never rejects. */
  receive(request: IncomingRequest<Source>): Promise<ReceiverResponse>;
  /** Verifies a request and reserves its event, for the caller to handle. Never rejects. */
  accept(request: IncomingRequest<Source>): Promise<AcceptResult<Source>>;
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
  const settings = parseReceiverOptions(options);
  const { handlers, reporter, timeoutMs } = settings;
  const acceptor = new Acceptor(settings);

  async function receive(request: IncomingRequest<Source>): Promise<ReceiverResponse> {
    const accepted = await acceptor.accept(request);
    if ("response" in accepted) return accepted.response;
    const handling = handle(accepted);
    const timeoutResponse = accepted.context.waitForExpiry().then(() => toTimeoutResponse(accepted));
    return Promise.race([handling, timeoutResponse]);
  }

  /** Runs the handlers and settles the event by what they came to, be it in time or after the reply. */
  async function handle(accepted: TimedAcceptedEvent<Source>): Promise<ReceiverResponse> {
    const { event, context, done } = accepted;
    try {
      for (const handler of handlers.match(event.topic)) await handler(event, context);
      await done();
      return createHandledResponse();
    } catch (error) {
      const thrown = toSafeError(error);
      await done(thrown ?? new Error(`${thrown} was thrown`));
      return toFailureResponse(accepted, thrown);
    }
  }

  function toFailureResponse({ event, context }: AcceptedEvent<Source>, thrown: unknown): ReceiverResponse {
    const eventDetails = toEventDetails(event, context);
    if (isDiscard(thrown)) {
      reporter.log("info", eventDetails, `discarded: ${thrown.message}`);
      return createHandledResponse();
    }
    if (isRetry(thrown)) {
      const details = { retryAfter: thrown.after, cause: thrown.cause };
      return acceptor.fail(
        new ReceiverError("handler_retry", `A handler asks for a retry: ${thrown.message}`, details),
        eventDetails,
      );
    }
    const error = HeronError.is(thrown, "handler_failed")
      ? thrown
      : new HeronError("handler_failed", "A handler threw; responded with 500 so that Heron retries.", {
          cause: thrown,
        });
    return acceptor.fail(error, eventDetails);
  }

  /** The event stays reserved, so that a retry does not run beside the handlers, until these are through or its lease is over. */
  function toTimeoutResponse({ event, context }: AcceptedEvent<Source>): ReceiverResponse {
    const error = new HeronError(
      "handler_timeout",
      `The handlers took longer than ${timeoutMs} ms from the request's arrival. Put long work in your queue and return.`,
    );
    return acceptor.fail(error, toEventDetails(event, context));
  }

  /** Leaves the handling to the caller, but not the word in the log about one that failed. */
  async function accept(request: IncomingRequest<Source>): Promise<AcceptResult<Source>> {
    const accepted = await acceptor.accept(request);
    if ("response" in accepted) return accepted;
    const { event, context, done } = accepted;
    let isOpen = true;
    return {
      event,
      context,
      async done(thrown) {
        const error = toSafeError(thrown);
        if (isOpen && error !== undefined && error !== null) toFailureResponse(accepted, error);
        isOpen = false;
        await done(error);
      },
    };
  }

  const close = (): Promise<void> => acceptor.close();
  return { path: settings.path, receive, accept, close, [Symbol.asyncDispose]: close };
}

/** What a log may say of an event. A whole MAC is the event's signature, which has no place there. */
function toEventDetails(
  event: WebhookEvent,
  context: ReceiveContext,
): { readonly topic: string; readonly eventId: string } {
  return { topic: event.topic, eventId: event.id ?? `${context.id.slice(0, 8)}…` };
}
