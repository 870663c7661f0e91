import { HeronError, type RequestHeaderMap } from "@heron-webhooks/core";

/** How a webhook's requests say who sends them. Source: RFC 7617 (basic), RFC 6750 (bearer). */
export type WebhookAuth = { readonly user: string; readonly password: string } | { readonly token: string };

/** What neither a user nor a password may hold. Source: RFC 7617, section 2; RFC 5234, appendix B.1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a header's value must hold none of just these
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/;

/** A scheme of `authorization`, if it is one of these. */
export type AuthScheme = "basic" | "bearer";

/** @throws HeronError `header_invalid` */
export function addAuth(headers: RequestHeaderMap, auth: WebhookAuth | null | undefined): RequestHeaderMap {
  if (auth === undefined || auth === null) return headers;
  if (findAuthHeaderName(headers) !== undefined)
    throw new HeronError(
      "header_invalid",
      "A header cannot be sent: authorization is there twice, once as auth.",
    );
  return { ...headers, authorization: encodeCredentials(auth) };
}

export function removeAuth(headers: RequestHeaderMap): RequestHeaderMap {
  const name = findAuthHeaderName(headers);
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

/** The `authorization` header that stays when others are put in place of those before: none if they have one. */
export function getRetainedAuth(
  previousHeaders: RequestHeaderMap,
  newHeaders: RequestHeaderMap,
): RequestHeaderMap {
  const name = findAuthHeaderName(previousHeaders);
  const value = previousHeaders[name ?? ""];
  if (name === undefined || value === undefined || findAuthHeaderName(newHeaders) !== undefined) return {};
  return { [name]: value };
}

export function getAuthScheme(headers: RequestHeaderMap): AuthScheme | null {
  const scheme = headers[findAuthHeaderName(headers) ?? ""]?.split(" ", 1)[0]?.toLowerCase();
  return scheme === "basic" || scheme === "bearer" ? scheme : null;
}

function findAuthHeaderName(headers: RequestHeaderMap): string | undefined {
  return Object.keys(headers).find((name) => name.toLowerCase() === "authorization");
}

function encodeCredentials(auth: WebhookAuth): string {
  if (typeof auth !== "object") throw createHeaderError("auth must have a user and a password, or a token");
  if ("token" in auth) {
    if (typeof auth.token === "string" && /^[A-Za-z0-9\-._~+/]+=*$/.test(auth.token))
      return `Bearer ${auth.token}`;
    throw createHeaderError("auth.token must be of A-Z, a-z, 0-9 and -._~+/, with = at its end at most");
  }
  const { user, password } = auth;
  if (CONTROL_CHARACTERS.test(`${user}${password}`))
    throw createHeaderError("neither auth.user nor auth.password may have control characters");
  if (typeof user !== "string" || typeof password !== "string" || user.includes(":"))
    throw createHeaderError("auth must have a user without a colon and a password, or a token");
  return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
}

function createHeaderError(reason: string): HeronError {
  return new HeronError("header_invalid", `The authorization header cannot be sent: ${reason}.`);
}
