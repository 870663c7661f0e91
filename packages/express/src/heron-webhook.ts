import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type EventMap,
  HeronError,
  type HeronEvents,
  type Logger,
  type WebhookEvent,
} from "@heron-webhooks/core";
import {
  completeOnResponse,
  consoleLogger,
  createReceiver,
  nodeRequest,
  type ReceiveContext,
  type Receiver,
  type ReceiverOptions,
  type ReceiverResponse,
  writeResponse,
} from "@heron-webhooks/core/receiver";
import type { Request } from "express";
import { ADVICE, hasPath, placementAt, type Reason, type RoutedRequest } from "./placement.ts";

declare global {
  namespace Express {
    interface Request {
      /** The verified event, in routes behind `heronWebhook` without `on`. */
      heronEvent?: WebhookEvent;
      /** The verified event's context: id, raw body, signal. */
      heronContext?: ReceiveContext;
    }
  }
}

/** Middleware for Express 5 and 4, and other callers of `(request, response, next)`. */
// Node's types, as in `express.json()`: with Express's, a later route would lose the types of its parameters.
export interface HeronMiddleware {
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void;
  /** Call `receiver.close()` on shutdown. */
  readonly receiver: Receiver<Request>;
}

/** Options of {@link heronWebhook.route}: the route has the path. */
export type HeronRouteOptions<Events extends EventMap = HeronEvents> = Omit<
  ReceiverOptions<Events, Request>,
  "path"
>;

type Next = (error?: unknown) => void;

const BODY_CONSUMED_HINT =
  "In Express, a body parser such as express.json() came first. Put app.use(heronWebhook()) above it, or let the parser keep the bytes: app.use(express.json({ verify: rawBody })), with rawBody from @heron-webhooks/express.";

/** See {@link heronWebhook}. */
export interface HeronWebhook {
  /**
   * For `app.use(heronWebhook())`: verifies requests to `path`, the whole path of the URL including mounts, and passes on
   * all others. Below a mount without `path`, it verifies every request. Called in any other way, in a route, on a Router
   * or in a wrapper, it verifies every request.
   * @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid`
   */
  <Events extends EventMap = HeronEvents>(
    options?: ReceiverOptions<NoInfer<Events>, Request>,
  ): HeronMiddleware;
  /**
   * For routes, `app.post("/customers/:customer/heron", heronWebhook.route())`, and other places where the path is already
   * decided: verifies or rejects every request.
   * @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid`
   */
  route<Events extends EventMap = HeronEvents>(options?: HeronRouteOptions<NoInfer<Events>>): HeronMiddleware;
}

/**
 * Verifies webhooks sent by `POST`.
 *
 * With `on` it handles events and responds. Without `on` it sets `req.heronEvent` and calls the next handler: a 2xx or
 * 3xx response completes the event; Heron retries after any other.
 */
export const heronWebhook: HeronWebhook = Object.assign(forUse, { route: forRoute });

function forUse<Events extends EventMap = HeronEvents>(
  options: ReceiverOptions<NoInfer<Events>, Request> = {},
): HeronMiddleware {
  const receiver = createReceiver<Events, Request>(options);
  // Compared literally, such a path matches no request, and a route of that path would get unverified requests.
  if (/[:*?+{}()[\]]/.test(receiver.path))
    throw new HeronError(
      "option_invalid",
      `path must have no parameters or wildcards, not ${JSON.stringify(receiver.path)}. Give the route the middleware: app.post(path, heronWebhook.route()).`,
    );
  const { logger = consoleLogger } = options;
  const receive = createListener(receiver, options.on !== undefined, logger);
  const place = placementAt(receiver.path, options.path !== undefined);
  const advise = createAdviser(receiver.path, logger);
  const watch = createWatcher(receiver.path, options.signatureHeader, logger);
  /** The Express applications that mounted the middleware by `app.use`. */
  const applications = new WeakSet<object>();

  // The caller may have chosen the path, as a route does, so nothing is passed on.
  const middleware = (request: IncomingMessage, response: ServerResponse, next?: Next): void => {
    const { originalUrl = request.url ?? "" } = request as RoutedRequest;
    if (next === undefined || hasPath(originalUrl, receiver.path)) receive(request, response, next);
    else receive(request, response, next, (sent) => advise("outside of app.use", sent));
  };
  // Express's `app.use` takes a function with `handle`, `set` and `emit` for an application of its own, emits `mount` with
  // itself and calls `handle`; routers call the function. New Relic's agent leaves it alone if it has a `stack`, too.
  const application = {
    handle(request: RoutedRequest, response: ServerResponse, next: Next): void {
      // connect calls `handle` too, also inside an Express application.
      const placement = applications.has(Object(request.app)) ? place(request) : null;
      if (placement === null) middleware(request, response, next);
      else if (placement === "own path") receive(request, response, next);
      else if (placement === "other path") {
        watch(request, response);
        next();
      } else receive(request, response, next, (sent) => advise(placement, sent));
    },
    set(): void {},
    emit(_event: "mount", parent: object): boolean {
      applications.add(parent);
      return true;
    },
    stack: [],
  };
  return Object.assign(middleware, { receiver }, application);
}

function forRoute<Events extends EventMap = HeronEvents>(
  options: HeronRouteOptions<NoInfer<Events>> = {},
): HeronMiddleware {
  if (Object.hasOwn(Object(options), "path"))
    throw new HeronError(
      "option_invalid",
      "heronWebhook.route() takes no path: the route has one. Leave it out, or use app.use(heronWebhook({ path })).",
    );
  const receiver = createReceiver<Events, Request>(options);
  const receive = createListener(receiver, options.on !== undefined, options.logger ?? consoleLogger);
  const middleware = (request: IncomingMessage, response: ServerResponse, next?: Next): void =>
    receive(request, response, next);
  return Object.assign(middleware, { receiver });
}

type OnResponse = (response: ReceiverResponse) => void;
type Listener = (
  request: IncomingMessage,
  response: ServerResponse,
  next: Next | undefined,
  onResponse?: OnResponse,
) => void;

/** Responds to every request, or verifies it for the next handler. */
function createListener(
  receiver: Receiver<Request>,
  handlesEvents: boolean,
  logger: Logger | false,
): Listener {
  function send(
    response: ServerResponse,
    result: ReceiverResponse,
    onResponse: OnResponse | undefined,
  ): void {
    writeResponse(response, result, logger);
    onResponse?.(result);
  }

  async function handle(request: Request, response: ServerResponse, onResponse?: OnResponse): Promise<void> {
    send(
      response,
      await receiver.receive(nodeRequest(request, { source: request, bodyConsumedHint: BODY_CONSUMED_HINT })),
      onResponse,
    );
  }

  async function verify(
    request: Request,
    response: ServerResponse,
    next: Next,
    onResponse?: OnResponse,
  ): Promise<void> {
    // Later parsers of the application can read the body again.
    const incoming = nodeRequest(request, {
      source: request,
      bodyConsumedHint: BODY_CONSUMED_HINT,
      replayUntil: response,
    });
    const accepted = await receiver.accept(incoming);
    if ("response" in accepted) return send(response, accepted.response, onResponse);
    request.heronEvent = accepted.event;
    request.heronContext = accepted.context;
    prepareForParsers(request);
    if (completeOnResponse(response, accepted)) next();
  }

  return (request, response, next = missingNext, onResponse = undefined) => {
    receivedRequests.add(request);
    if (handlesEvents) handle(request as Request, response, onResponse).catch(next);
    else if (next === missingNext) missingNext();
    else verify(request as Request, response, next, onResponse).catch(next);
  };
}

/** Lets a later parser read the body, or skip one that can no longer be read. */
function prepareForParsers(request: Request): void {
  if (request.readable) return;
  // @codegenie/serverless-express marks a request as read during verification, before anything reads it.
  if (!request.readableEnded && !request.destroyed) request.readable = true;
  // body-parser's mark. Without it, version 1 responds with 500.
  else Object.assign(request, { _body: true });
}

/** Logs advice once, when a rejected request may have been meant for another route. */
function createAdviser(
  path: string,
  logger: Logger | false,
): (reason: Reason, response: ReceiverResponse) => void {
  let hasAdvised = false;
  return (reason, { status, body }) => {
    // Failures of handlers and stores have nothing to do with the placement.
    const isRejection =
      (status < 500 && status >= 400 && status !== 409) || body.includes("body_already_consumed");
    if (hasAdvised || !isRejection) return;
    hasAdvised = true;
    warn(logger, { path, status }, ADVICE[reason]);
  };
}

/** Requests that a receiver verified or rejected. */
const receivedRequests = new WeakSet<object>();

/** Warns once if a signed request was passed on and no receiver verified it: `path` is probably wrong. */
function createWatcher(
  path: string,
  signatureHeader = "heron-signature",
  logger: Logger | false,
): (request: IncomingMessage, response: ServerResponse) => void {
  const name = signatureHeader.toLowerCase();
  let hasWarned = false;
  return (request, response) => {
    if (hasWarned || request.headers?.[name] === undefined) return;
    response.once("finish", () => {
      if (hasWarned || receivedRequests.has(request)) return;
      hasWarned = true;
      warn(
        logger,
        { path },
        "a signed request was passed on and not verified, because its path is another. If events are sent there, set heronWebhook({ path }).",
      );
    });
  };
}

function warn(logger: Logger | false, details: object, message: string): void {
  try {
    if (logger !== false) logger.warn(details, `heron-webhooks: ${message}`);
  } catch {
    // A throwing logger cannot be reported.
  }
}

function missingNext(error?: unknown): never {
  throw (
    error ??
    new HeronError(
      "option_invalid",
      "heronWebhook() without `on` needs a next handler. Give it handlers (on), or call it as (request, response, next).",
    )
  );
}
