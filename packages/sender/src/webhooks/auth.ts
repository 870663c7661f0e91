import { HeronError } from "@heron-webhooks/core";
import type { RequestHeaderMap } from "@heron-webhooks/core/delivery";

/** The credentials of a webhook's requests. Source: RFC 7617 (basic), RFC 6750 (bearer). */
export type WebhookAuth = { readonly user: string; readonly password: string } | { readonly token: string };

/** Characters that a user or password must not contain. Source: RFC 7617, section 2; RFC 5234, appendix B.1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a header's value must hold none of just these
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/;

/** The scheme of an `authorization` header, if it is one of these. */
export type AuthScheme = "basic" | "bearer";

/** @throws HeronError `header_invalid` */
export function addAuth(headers: RequestHeaderMap, auth: WebhookAuth | null | undefined): RequestHeaderMap {
  if (auth === undefined || auth === null) return headers;
  if (findAuthHeaderName(headers) !== undefined)
    throw new HeronError("header_invalid", "Set either auth or an authorization header, not both.");
  return { ...headers, authorization: encodeCredentials(auth) };
}

export function removeAuth(headers: RequestHeaderMap): RequestHeaderMap {
  const name = findAuthHeaderName(headers);
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

/** The `authorization` header that is retained when the headers are replaced, unless the new headers have one. */
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
    throw createHeaderError("auth.token may have A-Z, a-z, 0-9 and -._~+/, and = at its end");
  }
  const { user, password } = auth;
  if (CONTROL_CHARACTERS.test(`${user}${password}`))
    throw createHeaderError("auth.user and auth.password must not have control characters");
  if (typeof user !== "string" || typeof password !== "string" || user.includes(":"))
    throw createHeaderError("auth must have a user without a colon and a password, or a token");
  return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
}

function createHeaderError(reason: string): HeronError {
  return new HeronError("header_invalid", `Invalid authorization header: ${reason}.`);
}
