import type { IncomingMessage, ServerResponse } from "node:http";
import {
  completeOnResponse,
  consoleLogger,
  createReceiver,
  type EventMap,
  HeronError,
  type HeronEvents,
  type Logger,
  nodeRequest,
  type ReceiveContext,
  type Receiver,
  type ReceiverOptions,
  type ReceiverResponse,
  type WebhookEvent,
  writeResponse,
} from "@heron-webhooks/core";
import type { Request } from "express";
import { ADVICE, placementAt, type Reason, type RoutedRequest } from "./placement.ts";

declare global {
  namespace Express {
    interface Request {
      /** The verified event, in routes behind `heronWebhook` without `on`. */
      heronEvent?: WebhookEvent;
      /** The verified event's context: its id, its raw body, its signal. */
      heronContext?: ReceiveContext;
    }
  }
}

/** Middleware for Express 5 and 4, and for whatever else calls `(request, response, next)`. */
// Node's own types, as in `express.json()`: with Express's, a route behind it would lose the types of its parameters.
export interface HeronMiddleware {
  (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void;
  /** Call `receiver.close()` on shutdown. */
  readonly receiver: Receiver<Request>;
}

/** The options of {@link heronWebhook.route}: a route has a path of its own. */
export type HeronRouteOptions<Events extends EventMap = HeronEvents> = Omit<
  ReceiverOptions<Events, Request>,
  "path"
>;

type Next = (error?: unknown) => void;

const FIX =
  "In Express, a body parser such as express.json() came first. Put app.use(heronWebhook()) above it, or let the parser keep the bytes: app.use(express.json({ verify: rawBody })), with rawBody from @heron-webhooks/express.";

/** See {@link heronWebhook}. */
export interface HeronWebhook {
  /**
   * For `app.use(heronWebhook())`: verifies the requests to `path`, the whole path of the URL with every mount, and passes
   * all others on. Below a mount and without `path`, it verifies every request there. It passes on no request that it cannot
   * place, in a route or outside of Express: it verifies or refuses it.
   * @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid`
   */
  <Events extends EventMap = HeronEvents>(
    options?: ReceiverOptions<NoInfer<Events>, Request>,
  ): HeronMiddleware;
  /**
   * For routes, `app.post("/customers/:customer/heron", heronWebhook.route())`, and wherever else the path was decided
   * before: verifies every request that reaches it, or refuses it.
   * @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid`
   */
  route<Events extends EventMap = HeronEvents>(options?: HeronRouteOptions<NoInfer<Events>>): HeronMiddleware;
}

/**
 * Verifies the webhooks that come by `POST`.
 *
 * With `on` it handles the events and answers. Without, it is middleware: it sets `req.heronEvent` and calls the next
 * handler, whose 2xx or 3xx marks the event as handled; at anything else it may come again.
 */
export const heronWebhook: HeronWebhook = Object.assign(forUse, { route: forRoute });

function forUse<Events extends EventMap = HeronEvents>(
  options: ReceiverOptions<NoInfer<Events>, Request> = {},
): HeronMiddleware {
  const receiver = createReceiver<Events, Request>(options);
  // Compared literally, such a path would match no request, and a route of the same path would get each unverified.
  if (/[:*?+{}()[\]]/.test(receiver.path))
    throw new HeronError(
      "option_invalid",
      `path must have no parameters or wildcards, not ${JSON.stringify(receiver.path)}. Give the route the middleware: app.post(path, heronWebhook.route()).`,
    );
  const { logger = consoleLogger } = options;
  const receive = createListener(receiver, options.on !== undefined, logger);
  const place = placementAt(receiver.path, options.path !== undefined);
  const advise = createAdviser(receiver.path, logger);
  /** The Express applications that the middleware was given to by `app.use`. */
  const applications = new WeakSet<object>();

  function receiveOrPass(
    request: RoutedRequest,
    response: ServerResponse,
    next: Next,
    isCalledByApplication: boolean,
  ): void {
    const placement = place(request, isCalledByApplication);
    if (placement === "other path") next();
    else if (placement === "own path") receive(request, response, next);
    else receive(request, response, next, (reply) => advise(placement, reply));
  }

  const middleware = (request: IncomingMessage, response: ServerResponse, next?: Next): void => {
    if (typeof next === "function") receiveOrPass(request, response, next, false);
    else receive(request, response, undefined);
  };
  // Express's `app.use` takes a function with `handle`, `set` and `emit` for an application of its own, emits `mount` with
  // itself and calls `handle`; routers call the function. New Relic's agent leaves it alone if it has a `stack`, too.
  const application = {
    handle(request: RoutedRequest, response: ServerResponse, next: Next): void {
      // connect calls `handle` as well, also inside an Express application.
      receiveOrPass(request, response, next, applications.has(Object(request.app)));
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

type OnReply = (reply: ReceiverResponse) => void;
type Listener = (
  request: IncomingMessage,
  response: ServerResponse,
  next: Next | undefined,
  onReply?: OnReply,
) => void;

/** Answers every request, or verifies it for the handler behind. */
function createListener(receiver: Receiver<Request>, handles: boolean, logger: Logger | false): Listener {
  function send(response: ServerResponse, reply: ReceiverResponse, onReply: OnReply | undefined): void {
    writeResponse(response, reply, logger);
    onReply?.(reply);
  }

  async function answer(request: Request, response: ServerResponse, onReply?: OnReply): Promise<void> {
    send(
      response,
      await receiver.receive(nodeRequest(request, { source: request, bodyConsumedHint: FIX })),
      onReply,
    );
  }

  async function verify(
    request: Request,
    response: ServerResponse,
    next: Next,
    onReply?: OnReply,
  ): Promise<void> {
    // The application's own parsers read the body behind the middleware, as if nobody had.
    const incoming = nodeRequest(request, { source: request, bodyConsumedHint: FIX, replayUntil: response });
    const accepted = await receiver.accept(incoming);
    if ("response" in accepted) return send(response, accepted.response, onReply);
    request.heronEvent = accepted.event;
    request.heronContext = accepted.context;
    prepareForParsers(request);
    if (completeOnResponse(response, accepted)) next();
  }

  return (request, response, next = missingNext, onReply = undefined) => {
    if (handles) answer(request as Request, response, onReply).catch(next);
    else if (next === missingNext) missingNext();
    else verify(request as Request, response, next, onReply).catch(next);
  };
}

/** Lets a parser behind the middleware find the body, or leave alone one that can no longer be read. */
function prepareForParsers(request: Request): void {
  if (request.readable) return;
  // @codegenie/serverless-express marks a request as read while it is verified, although nobody has read it.
  if (!request.readableEnded && !request.destroyed) request.readable = true;
  // body-parser's own mark. Without it, version 1 answers with 500.
  else Object.assign(request, { _body: true });
}

/** Says once what to write instead, when a request was refused that may have been meant for something else. */
function createAdviser(
  path: string,
  logger: Logger | false,
): (reason: Reason, reply: ReceiverResponse) => void {
  let isSaid = logger === false;
  return (reason, { status }) => {
    if (isSaid || logger === false || (status !== 401 && status !== 405)) return;
    isSaid = true;
    try {
      logger.warn({ path, status }, `heron-webhooks: ${ADVICE[reason]}`);
    } catch {
      // A logger that throws cannot be told about.
    }
  };
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
