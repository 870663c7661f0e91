import { HeronError } from "@heron-webhooks/core";
import { serveWebHandler, type WebHandler } from "@heron-webhooks/core/internal";
import type { RequestHandler } from "express";

/**
 * Mounts a console: `app.use("/heron", heronConsole(console))`, with a console from `createConsole` of
 * `@heron-webhooks/console`. Put it before `express.json()`, or give that `verify: rawBody`.
 * @throws HeronError `option_invalid`
 */
export function heronConsole(console: WebHandler): RequestHandler {
  if (typeof console?.fetch !== "function")
    throw new HeronError(
      "option_invalid",
      'heronConsole needs a console: app.use("/heron", heronConsole(console)), with one from createConsole().',
    );
  return (request, response, next) => {
    const { url, originalUrl } = request;
    const query = originalUrl.indexOf("?");
    const path = query === -1 ? originalUrl : originalUrl.slice(0, query);
    // Redirect to a trailing slash: the page loads its files relative to its URL.
    if (request.path === "/" && !path.endsWith("/")) {
      response.redirect(
        308,
        `${path.slice(path.lastIndexOf("/") + 1)}/${query === -1 ? "" : originalUrl.slice(query)}`,
      );
      return;
    }
    const bodyConsumedHint =
      "Mount the console before express.json(), or use express.json({ verify: rawBody }).";
    serveWebHandler(console, request, response, { path: url, bodyConsumedHint }).catch(next);
  };
}
