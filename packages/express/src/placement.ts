import type { IncomingMessage } from "node:http";

/** Node's request with the properties that Express adds. */
export type RoutedRequest = IncomingMessage & {
  readonly app?: unknown;
  readonly originalUrl?: string;
  readonly path: string;
  readonly baseUrl: string;
};

/** Reasons for verifying a request with another path, each with its advice. */
export const ADVICE = {
  "outside of app.use":
    "heronWebhook() was not called by app.use of Express but in a route, on a Router, in a wrapper or by another framework, so it verifies every request there. For a route: heronWebhook.route(). For one path: app.use(heronWebhook({ path })) on the application.",
  "below a mount":
    'heronWebhook() is below a mount, as in app.use("/api", ...), and verifies every request there. For one path: heronWebhook({ path: "/api/webhooks/heron" }), the mount included.',
  "outside of its path":
    'heronWebhook({ path }) is below a mount that its path does not begin with, and verifies every request there. The path includes the mount: app.use("/api", heronWebhook({ path: "/api/webhooks/heron" })).',
} as const;

export type Reason = keyof typeof ADVICE;

/** `own path` and a {@link Reason} are verified or rejected; `other path` is passed on. */
export type Placement = "own path" | "other path" | Reason;

/**
 * Determines whether a request is for a middleware that `app.use` of Express called.
 *
 * Uses the request alone, not the router's stack: instrumentation and wrappers for async errors replace its functions.
 * @param path The path to verify, including all mounts.
 * @param isPathGiven If false, the mount is the path, and every request below it is verified.
 */
export function placementAt(path: string, isPathGiven: boolean): (request: RoutedRequest) => Placement {
  const own = normalizePath(path);
  return ({ path: below, baseUrl: mount }) => {
    // The common case.
    if (mount === "" && below === path) return "own path";
    if (normalizePath(mount + below) === own) return "own path";
    if (mount === "") return "other path";
    if (!isPathGiven) return "below a mount";
    return isAtOrBelow(own, normalizePath(mount)) ? "other path" : "outside of its path";
  };
}

/** Whether a URL has the path, in any spelling. */
export function hasPath(url: string, path: string): boolean {
  const pathname = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  return normalizePath(pathname) === normalizePath(path);
}

function isAtOrBelow(path: string, mount: string): boolean {
  return path === mount || path.startsWith(`${mount}/`);
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
