import {
  createReceiver,
  doneByResponse,
  type EventMap,
  type HeronEvents,
  nodeRequest,
  type ReceiveContext,
  type Receiver,
  type ReceiverOptions,
  type WebhookEvent,
  writeReply,
} from "@heron-webhooks/core";
import type { NextFunction, Request, Response } from "express";
import { belongs } from "./belongs.ts";

declare global {
  namespace Express {
    interface Request {
      /** The verified event, in routes behind `heronWebhook` without `on`. */
      heronEvent?: WebhookEvent;
      /** What is known beside the event. */
      heronContext?: ReceiveContext;
    }
  }
}

/** Express middleware; its receiver is there to be closed. */
export interface HeronMiddleware {
  (request: Request, response: Response, next: NextFunction): void;
  readonly receiver: Receiver<Request>;
}

const FIX =
  "In Express, a body parser such as express.json() came first. Put app.use(heronWebhook()) above it, or let the parser keep the bytes: app.use(express.json({ verify: rawBody })), with rawBody from @heron-webhooks/express.";

/**
 * Verifies the webhooks that come by `POST` to `path`, and touches no other request.
 *
 * With `on` it handles the events and answers. Without, it is middleware: it sets `req.heronEvent` and calls the next
 * handler, whose 2xx or 3xx marks the event as handled; at anything else it may come again.
 * @throws HeronError `option_invalid`, `pattern_invalid`, `secret_missing`, `secret_invalid`
 */
export function heronWebhook<Events extends EventMap = HeronEvents>(
  options: ReceiverOptions<NoInfer<Events>, Request> = {},
): HeronMiddleware {
  const receiver = createReceiver<Events, Request>(options);
  const place = {
    path: receiver.path,
    anyMount: options.path === undefined,
    anyRoute: options.on === undefined,
  };

  async function receive(request: Request, response: Response, next: NextFunction): Promise<void> {
    const handles = options.on !== undefined;
    // Behind the middleware, the application's own parsers read the body as if nobody had.
    const replayUntil = handles ? undefined : response;
    const incoming = nodeRequest(request, { source: request, fix: FIX, replayUntil });
    if (handles) return writeReply(response, await receiver.receive(incoming));
    const accepted = await receiver.accept(incoming);
    if ("reply" in accepted) return writeReply(response, accepted.reply);
    request.heronEvent = accepted.event;
    request.heronContext = accepted.context;
    if (doneByResponse(response, accepted)) next();
  }

  const middleware = (request: Request, response: Response, next: NextFunction): void => {
    if (belongs(request, middleware, place)) receive(request, response, next).catch(next);
    else next();
  };
  return Object.assign(middleware, { receiver });
}
