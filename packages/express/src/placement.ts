import type { IncomingMessage } from "node:http";

/** Node's request with the properties that Express adds. */
export type RoutedRequest = IncomingMessage & {
  readonly app?: unknown;
  readonly originalUrl?: unknown;
  readonly path?: unknown;
  readonly baseUrl?: unknown;
  readonly route?: unknown;
};

/** Reasons for verifying a request with another path, each with its advice. */
export const ADVICE = {
  "in a route":
    "heronWebhook() is in a route, or on a Router behind one, and verifies every request there. For a route: heronWebhook.route(). For one path: app.use(heronWebhook({ path })) on the application.",
  "below a mount":
    'heronWebhook() is below a mount, as in app.use("/api", ...), and verifies every request there. For one path: heronWebhook({ path: "/api/webhooks/heron" }), the mount included.',
  "path outside of its mount":
    'heronWebhook({ path }) is below a mount where no request has this path, and verifies every request there. The path includes the mount: app.use("/api", heronWebhook({ path: "/api/webhooks/heron" })).',
  "rewritten URL":
    "heronWebhook() is on a Router or in connect, something else than Express changed the URL before, and so it verifies every request there. Put it on the application, app.use(heronWebhook()), or use heronWebhook.route().",
  "outside of Express":
    "heronWebhook() was called by something else than Express, and verifies every request. Call it for the requests of one path, as heronWebhook.route().",
} as const;

export type Reason = keyof typeof ADVICE;

/** `own path` and a {@link Reason} are verified or rejected; `other path` is passed on. */
export type Placement = "own path" | "other path" | Reason;

/**
 * Determines whether a request is for the middleware. Another path is passed on only if Express called the middleware by
 * `use`, outside of any route: in a route, the next handler would get an unverified request.
 *
 * Uses the request alone, not the router's stack: instrumentation and wrappers for async errors replace its functions.
 * @param path The path to verify, including all mounts.
 * @param isPathGiven If false, the mount is the path, and every request below it is verified.
 */
export function placementAt(
  path: string,
  isPathGiven: boolean,
): (request: RoutedRequest, isCalledByApplication: boolean) => Placement {
  const own = normalizePath(path);
  return ({ path: below, baseUrl: mount, originalUrl, route }, isCalledByApplication) => {
    if (typeof mount !== "string" || typeof below !== "string") return "outside of Express";
    // The common case.
    if (mount === "" && below === path) return "own path";
    const whole = normalizePath(mount + below);
    if (whole === own) return "own path";
    // `use` of an application is in no route, even if an earlier route that called `next` is still in `request.route`.
    if (!isCalledByApplication) {
      if (route !== undefined) return "in a route";
      // connect removes its mounts from the URL, but does not set `baseUrl`.
      if (normalizePath(toPathname(String(originalUrl))) !== whole) return "rewritten URL";
    }
    if (mount === "") return "other path";
    if (!isPathGiven) return "below a mount";
    return isAtOrBelow(own, normalizePath(mount)) ? "other path" : "path outside of its mount";
  };
}

function isAtOrBelow(path: string, mount: string): boolean {
  return path === mount || path.startsWith(`${mount}/`);
}

function toPathname(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}

/** Normalizes case, doubled and trailing slashes, and escapes, all of which a route can ignore. */
function normalizePath(path: string): string {
  let text = path;
  try {
    text = decodeURIComponent(path);
  } catch {
    // Not a valid escape.
  }
  return text
    .toLowerCase()
    .replace(/\/+/g, "/")
    .replace(/\/\.?$/, "");
}
