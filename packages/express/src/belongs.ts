import type { Request } from "express";

/** Where a middleware listens. */
export interface Place {
  readonly path: string;
  /** No path was asked for, so wherever it is mounted will do. */
  readonly anyMount: boolean;
  /** It only verifies, so a request in a route is taken for its own rather than let on unverified. */
  readonly anyRoute: boolean;
}

/** Whether a request is for this middleware; all others are passed on untouched. */
export function belongs(request: Request, middleware: unknown, { path, anyMount, anyRoute }: Place): boolean {
  // As nearly every event comes.
  if (request.path === path && request.baseUrl === "") return true;
  if (standsIn(request.route, middleware)) return true;
  // It may stand in the route inside another function. But `request.route` outlives a route that calls `next`, and
  // whoever is in the router's own stack was called from there.
  if (anyRoute && request.route && !standsIn(routerOf(request), middleware)) return true;
  if ([request.path, request.baseUrl + request.path].some((own) => plain(own) === plain(path))) return true;
  return anyMount && request.baseUrl !== "" && plain(request.path) === "";
}

/** Whether a route, or a router and those below it, calls the middleware itself. */
function standsIn(place: unknown, middleware: unknown): boolean {
  const stack: unknown = Reflect.get(Object(place), "stack");
  if (!Array.isArray(stack)) return false;
  return stack.some(
    ({ handle }: { readonly handle?: unknown }) => handle === middleware || standsIn(handle, middleware),
  );
}

/** Express 5 has it at `router`, where Express 4 has a getter that throws. */
function routerOf({ app }: Request): unknown {
  return Reflect.get(app, "_router") ?? Reflect.get(app, "router");
}

/** One spelling for all by which a route might be reached: any case, doubled or closing slashes, escapes. */
function plain(path: string): string {
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
