import { HeronError } from "../errors.ts";
import { formatValue } from "../text.ts";

/** Headers that are sent unchanged. */
export type RequestHeaderMap = Readonly<Record<string, string>>;

/** Headers that HTTP or the signature sets. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "proxy-connection",
  "heron-signature",
]);

const MAX_HEADERS = 50;
const MAX_HEADER_VALUE_LENGTH = 8 * 1024;
/** A header name. Source: RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
/** A header value: Latin-1 without control characters except tab. Source: RFC 9110, section 5.5. */
const HEADER_VALUE = /^[\t\u0020-\u007e\u00a0-\u00ff]*$/;

/**
 * Validates a webhook's own headers. Headers of the connection, the body's length and the signature are reserved.
 * @throws HeronError `header_invalid`, never quoting a value: it may be a credential
 */
export function assertHeaders(headers: RequestHeaderMap, signatureHeader = "heron-signature"): void {
  const names = Object.keys(headers);
  if (names.length > MAX_HEADERS)
    throw createHeaderError(`at most ${MAX_HEADERS} headers can be set, not ${names.length}`);
  const seenNames = new Set<string>();
  for (const name of names) {
    const lowerName = name.toLowerCase();
    if (!HEADER_NAME.test(name)) throw createHeaderError(`${formatValue(name)} is not the name of a header`);
    if (
      RESERVED_HEADERS.has(lowerName) ||
      lowerName.startsWith("webhook-") ||
      lowerName === signatureHeader.toLowerCase()
    )
      throw createHeaderError(`${name} is set by the sender itself`);
    if (seenNames.has(lowerName)) throw createHeaderError(`${name} is there twice`);
    seenNames.add(lowerName);
    const value: unknown = headers[name];
    if (typeof value !== "string" || value.length > MAX_HEADER_VALUE_LENGTH || !HEADER_VALUE.test(value))
      throw createHeaderError(
        `the value of ${name} must be text of at most ${MAX_HEADER_VALUE_LENGTH} characters of Latin-1, without line breaks`,
      );
  }
}

/** Headers that the signature would overwrite or be mistaken for. */
const SIGNATURE_CONFLICTS: ReadonlySet<string> = new Set([
  "content-type",
  "content-encoding",
  "user-agent",
  "authorization",
]);

/** @throws HeronError `header_invalid` */
export function assertSignatureHeader(name: string): void {
  const lowerName = name.toLowerCase();
  if (!HEADER_NAME.test(name))
    throw createHeaderError(`signatureHeader must be the name of a header, not ${formatValue(name)}`);
  const isReserved =
    lowerName !== "heron-signature" &&
    (RESERVED_HEADERS.has(lowerName) || SIGNATURE_CONFLICTS.has(lowerName));
  if (lowerName.startsWith("webhook-") || isReserved)
    throw createHeaderError(`signatureHeader cannot be ${name}, which means something else`);
}

function createHeaderError(reason: string): HeronError {
  return new HeronError("header_invalid", `A header cannot be sent: ${reason}.`);
}
