import type { IncomingMessage } from "node:http";

/** Where a middleware listens. */
export interface MountPoint {
  readonly path: string;
  /** No path was configured, so the path at which the middleware is mounted counts too. */
  readonly isAnyMount: boolean;
}

/** What Express, and connect in part, add to Node's request. */
type RoutedRequest = IncomingMessage & {
  readonly path?: string;
  readonly baseUrl?: string;
  readonly originalUrl?: string;
  readonly params?: object;
  readonly route?: unknown;
  readonly next?: unknown;
};

/** Whether a request is for this middleware, judged by its path alone. */
export function matchesPath(request: RoutedRequest, { path, isAnyMount }: MountPoint): boolean {
  // Nearly every event.
  if (request.path === path && request.baseUrl === "") return true;
  const [mount, below] = splitPath(request);
  const own = normalizePath(path);
  if (normalizePath(below) === own || normalizePath(mount + below) === own) return true;
  return isAnyMount && mount !== "" && normalizePath(below) === "";
}

/**
 * Whether a call of the middleware itself certainly comes from `use` of a router or server, where the requests of
 * others pass through. Express calls what stands in a route in the same way, and there a request that is passed on
 * reaches the next handler of that route unverified.
 *
 * Says no where it cannot tell. Never looks at the router's stack: instrumentation and wrappers for async errors
 * replace the functions in there.
 */
export function isCalledByUse(request: RoutedRequest, next: unknown): boolean {
  if (typeof next !== "function") return false;
  // Without a base URL the host is not Express. connect sets `originalUrl` and has no routes; a plain function, such as an
  // API route of Next, sets nothing, and may have decided the path before.
  if (request.baseUrl === undefined)
    return request.originalUrl !== undefined && request.params === undefined && request.route === undefined;
  // A route that called its `next` leaves itself behind in `request.route`, but only a router hands out its own `next`.
  return request.route === undefined || next === request.next;
}

/** The path of the mount, and the path below it. */
function splitPath(request: RoutedRequest): readonly [mount: string, below: string] {
  const below = request.path ?? toPathname(request.url);
  if (request.baseUrl !== undefined) return [request.baseUrl, below];
  // connect removes the mount from `url`.
  const whole = toPathname(request.originalUrl ?? request.url);
  if (whole.endsWith(below)) return [whole.slice(0, -below.length), below];
  return [below === "/" ? whole : "", below];
}

function toPathname(url = "/"): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "") || "/";
}

/** One spelling for all by which a route might be reached: any case, doubled or closing slashes, escapes. */
function normalizePath(path: string): string {
  let text = path;
  try {
    text = decodeURIComponent(path);
  } catch {
    // Not an escape, then.
  }
  return text
    .toLowerCase()
    .replace(/\/+/g, "/")
    .replace(/\/\.?$/, "");
}
