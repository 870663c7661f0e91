import { assertSender, type HeronSender, type WithSender } from "@heron-webhooks/core/internal";
import type { RequestHandler } from "express";

/** A request behind `heronSender`, with the sender as `req.heron`. */
type RequestWithSender = WithSender<"heron">;

declare global {
  namespace Express {
    interface Request extends RequestWithSender {}
  }
}

/**
 * Sets `req.heron` to the sender in all later middleware and routes, and starts the sender immediately.
 *
 * Express has no close event: call `sender.close()` when the server has closed.
 * @throws HeronError `option_invalid`
 */
export function heronSender(sender: HeronSender): RequestHandler {
  assertSender(sender, "app.use(heronSender(sender))");
  sender.start();
  return (request, _response, next) => {
    // Not `request.heron =`: without a sender's type the property is not declared.
    Object.assign(request, { heron: sender });
    next();
  };
}
