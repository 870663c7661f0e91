import { HeronError } from "../errors.ts";
import { shown } from "../shown.ts";

/** Headers of a request that go out as they are written. */
export type RequestHeaderMap = Readonly<Record<string, string>>;

/** What HTTP itself, or the signature, decides. */
const RESERVED: ReadonlySet<string> = new Set([
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

const MOST_HEADERS = 50;
const LONGEST_VALUE = 8 * 1024;
/** A name. Source: RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
/** A value that can be sent as it is: Latin-1 without controls, a tab aside. Source: RFC 9110, section 5.5. */
const VALUE = /^[\t\u0020-\u007e\u00a0-\u00ff]*$/;

/**
 * Holds a webhook's own headers to what may be set: any but those of the connection, of the body's length and of the
 * signature.
 * @throws HeronError `header_invalid`, never quoting a value: it may be a credential
 */
export function checkHeaders(headers: RequestHeaderMap, signatureHeader = "heron-signature"): void {
  const names = Object.keys(headers);
  if (names.length > MOST_HEADERS)
    throw invalid(`at most ${MOST_HEADERS} headers can be set, not ${names.length}`);
  const seen = new Set<string>();
  for (const name of names) {
    const lower = name.toLowerCase();
    if (!TOKEN.test(name)) throw invalid(`${shown(name)} is not the name of a header`);
    if (RESERVED.has(lower) || lower.startsWith("webhook-") || lower === signatureHeader.toLowerCase())
      throw invalid(`${name} is set by the sender itself`);
    if (seen.has(lower)) throw invalid(`${name} is there twice`);
    seen.add(lower);
    const value: unknown = headers[name];
    if (typeof value !== "string" || value.length > LONGEST_VALUE || !VALUE.test(value))
      throw invalid(
        `the value of ${name} must be text of at most ${LONGEST_VALUE} characters of Latin-1, without line breaks`,
      );
  }
}

/** What the signature would write over, or be taken for. */
const MEANT: ReadonlySet<string> = new Set([
  "content-type",
  "content-encoding",
  "user-agent",
  "authorization",
]);

/** @throws HeronError `header_invalid` */
export function checkSignatureHeader(name: string): void {
  const lower = name.toLowerCase();
  if (!TOKEN.test(name)) throw invalid(`signatureHeader must be the name of a header, not ${shown(name)}`);
  const taken = lower !== "heron-signature" && (RESERVED.has(lower) || MEANT.has(lower));
  if (lower.startsWith("webhook-") || taken)
    throw invalid(`signatureHeader cannot be ${name}, which means something else`);
}

function invalid(what: string): HeronError {
  return new HeronError("header_invalid", `A header cannot be sent: ${what}.`);
}
