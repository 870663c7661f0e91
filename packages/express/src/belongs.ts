import type { Request } from "express";

/** Where a middleware listens. */
export interface Place {
  readonly path: string;
  /** No path was asked for, so wherever it is mounted will do. */
  readonly anyMount: boolean;
  /** It only verifies, so a request in any route is taken for its own rather than let on unverified. */
  readonly anyRoute: boolean;
}

/** Whether a request is for this middleware; all others are passed on untouched. */
export function belongs(request: Request, middleware: unknown, { path, anyMount, anyRoute }: Place): boolean {
  // `request.route` outlives a route that calls `next`, so it must be the one that the middleware stands in.
  const route = request.route as { readonly stack?: readonly { readonly handle: unknown }[] } | undefined;
  if (route && (anyRoute || route.stack?.some((layer) => layer.handle === middleware))) return true;
  if ([request.path, request.baseUrl + request.path].some((own) => plain(own) === plain(path))) return true;
  return anyMount && request.baseUrl !== "" && request.path === "/";
}

/** As Express compares paths by default: in any case, with a slash at the end or without. */
function plain(path: string): string {
  return path.toLowerCase().replace(/\/$/, "");
}
