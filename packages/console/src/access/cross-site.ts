const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a write can come from another site's page: it has a cookie, the browser does not report the same origin, and the
 * header that only same-origin pages can send is missing. `SameSite` alone does not exclude other ports of the same host.
 * Source: https://www.w3.org/TR/fetch-metadata/
 */
export function isCrossSite(request: Request): boolean {
  const { headers, method } = request;
  if (SAFE_METHODS.has(method) || !headers.has("cookie") || headers.get("x-heron-console") !== null)
    return false;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin";
  const origin = headers.get("origin");
  return origin === null || !URL.canParse(origin) || new URL(origin).host !== headers.get("host");
}
