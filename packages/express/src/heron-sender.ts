import { assertSender, type HeronSender, type WithSender } from "@heron-webhooks/core";
import type { RequestHandler } from "express";

/** `req.heron`, the application's sender, in what comes behind `heronSender`. */
type RequestWithSender = WithSender<"heron">;

declare global {
  namespace Express {
    interface Request extends RequestWithSender {}
  }
}

/**
 * Puts the sender into every request that comes behind it, as `req.heron`, and starts the sender at once.
 *
 * Express does not say when an application closes: call `sender.close()` when the server has closed.
 * @throws HeronError `option_invalid`
 */
export function heronSender(sender: HeronSender): RequestHandler {
  assertSender(sender, "app.use(heronSender(sender))");
  sender.start();
  return (request, _response, next) => {
    // Not `request.heron =`: here, where no sender's type is known, it has no such property.
    Object.assign(request, { heron: sender });
    next();
  };
}
