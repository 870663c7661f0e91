const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a write may have been made by another site's page in the browser of who is signed in: it has a cookie, and
 * neither does the browser say that it is of the same origin, nor has it a header that another site's page cannot send.
 * `SameSite` alone does not keep out another port of the same host. Source: https://www.w3.org/TR/fetch-metadata/
 */
export function isCrossSite(request: Request): boolean {
  const { headers, method } = request;
  if (SAFE_METHODS.has(method) || !headers.has("cookie") || headers.get("x-heron-console") !== null) return false;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin";
  const origin = headers.get("origin");
  return origin === null || !URL.canParse(origin) || new URL(origin).host !== headers.get("host");
}
