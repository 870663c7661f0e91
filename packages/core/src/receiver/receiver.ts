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
import { webRequest } from "./web-request.ts";

/** A receiver for any framework. */
export interface Receiver<Source = unknown> {
  /** The path for adapters; `receive` ignores it. */
  readonly path: string;
  /** Verifies a request, handles its event and returns the response. Never rejects. */
  receive(request: IncomingRequest<Source>): Promise<ReceiverResponse>;
  /** Verifies a request and reserves its event for the caller. Never rejects. */
  accept(request: IncomingRequest<Source>): Promise<AcceptResult<Source>>;
  /**
   * `receive` for a web `Request`: the handler of a route in Next, Hono, Bun or Deno. `request` in the context is that
   * `Request`. Never rejects.
   */
  fetch(request: Request): Promise<Response>;
  /**
   * Rejects new requests with 503. Resolves when no event is in flight, or after five times the timeout, when the leases
   * have expired.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates a receiver. `Events` types its handlers; the default is Heron Data's catalogue.
 *
 * Matching handlers run in sequence, most specific pattern first. The first error stops the rest, and Heron retries the
 * whole event.
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

  /** Runs the handlers and completes the event by their result, even after the response. */
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

  /** Keeps the event reserved until the handlers finish or its lease expires, so that no retry runs concurrently. */
  function toTimeoutResponse({ event, context }: AcceptedEvent<Source>): ReceiverResponse {
    const error = new HeronError(
      "handler_timeout",
      `The handlers took longer than ${timeoutMs} ms from the request's arrival. Put long work in your queue and return.`,
    );
    return acceptor.fail(error, toEventDetails(event, context));
  }

  /** Leaves handling to the caller, but logs its failure. */
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

  async function fetch(request: Request): Promise<Response> {
    const { status, headers, body } = await receive(webRequest(request) as IncomingRequest<Source>);
    return new Response(body, { status, headers });
  }

  const close = (): Promise<void> => acceptor.close();
  return { path: settings.path, receive, accept, fetch, close, [Symbol.asyncDispose]: close };
}

/** The details of an event for logs. Truncates the MAC, which is the signature. */
function toEventDetails(
  event: WebhookEvent,
  context: ReceiveContext,
): { readonly topic: string; readonly eventId: string } {
  return { topic: event.topic, eventId: event.id ?? `${context.id.slice(0, 8)}…` };
}
