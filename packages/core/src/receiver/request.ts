import { HeronError } from "../errors.ts";

/** Headers as a web `Headers`, or as an object, by names in any case. Some serverless adapters put numbers there. */
export type RequestHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | number | readonly string[] | undefined>>;

/**
 * A request as an adapter hands it over. Writing one for another framework takes these five, and a test that runs
 * the adapter suite over it.
 */
export interface IncomingRequest<Source = unknown> {
  readonly method: string;
  readonly headers: RequestHeaders;
  /** The framework's own request: what a secret function and handlers are given. */
  readonly source: Source;
  /** Whether `Connection: close` means anything here: in HTTP/1 alone. */
  readonly canCloseConnection: boolean;
  /**
   * The bytes of the body, as they came. Reads no further than `limit` and stops when `signal` is aborted.
   * @throws HeronError `body_already_consumed`, `body_too_large`, `body_aborted`, `body_timeout`
   */
  read(limit: number, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * The bytes of a body that has arrived already, whole and within `limit`; undefined if it has not, which is for
   * `read` to wait for or to refuse. May be left out: it only saves the preparations for waiting.
   */
  readonly readBuffered?: ((limit: number) => Uint8Array | undefined) | undefined;
}

/** Said by every way of reading a body. */
export const createBodyTooLargeError = (limit: number): HeronError =>
  new HeronError("body_too_large", `The body is over the limit of ${limit} bytes (bodyLimit).`);
export const createBodyAbortedError = (cause?: unknown): HeronError =>
  new HeronError("body_aborted", "The sender broke off before the body was whole.", { cause });
export const createBodyTimeoutError = (): HeronError =>
  new HeronError("body_timeout", "The body took too long to arrive.");

/** A header's value, several joined as HTTP joins them; undefined if there is none. Never throws, whatever is there. */
export function getHeader(headers: RequestHeaders, name: string): string | undefined {
  const value = findHeaderValue(headers, name);
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  return Array.isArray(value) && value.every(isStringOrNumber) ? value.join(", ") : undefined;
}

function findHeaderValue(headers: RequestHeaders, name: string): unknown {
  if (typeof headers !== "object" || headers === null) return undefined;
  if (typeof headers.get === "function") return headers.get(name);
  if (Object.hasOwn(headers, name)) return Reflect.get(headers, name);
  // Node has names in lower case; API Gateway and others hand them on as they were sent.
  for (const key in headers)
    if (key.length === name.length && key.toLowerCase() === name && Object.hasOwn(headers, key))
      return Reflect.get(headers, key);
  return undefined;
}

function isStringOrNumber(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}
