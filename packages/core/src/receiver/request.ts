import { HeronError } from "../errors.ts";

/** Headers as a web `Headers`, or as an object, by names in any case. Some serverless adapters put numbers there. */
export type RequestHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | number | readonly string[] | undefined>>;

/**
 * A request from an adapter. An adapter for another framework supplies these members and runs the adapter tests.
 */
export interface IncomingRequest<Source = unknown> {
  readonly method: string;
  readonly headers: RequestHeaders;
  /** The framework's own request, for secret functions and handlers. */
  readonly source: Source;
  /** Whether `Connection: close` has an effect: only in HTTP/1. */
  readonly canCloseConnection: boolean;
  /**
   * Reads the body. Stops at `limit` bytes and when `signal` aborts.
   * @throws HeronError `body_already_consumed`, `body_too_large`, `body_aborted`, `body_timeout`
   */
  read(limit: number, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * Returns a body that has already arrived, complete and within `limit`; else undefined, and `read` follows. Optional:
   * it only saves time.
   */
  readonly readBuffered?: ((limit: number) => Uint8Array | undefined) | undefined;
}

export const createBodyTooLargeError = (limit: number): HeronError =>
  new HeronError("body_too_large", `The body is over the limit of ${limit} bytes (bodyLimit).`);
export const createBodyAbortedError = (cause?: unknown): HeronError =>
  new HeronError("body_aborted", "The sender disconnected before the end of the body.", { cause });
export const createBodyTimeoutError = (): HeronError =>
  new HeronError("body_timeout", "The body took too long to arrive.");

/** A header's value, several joined as in HTTP; undefined if missing. Never throws. */
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
  // Node lowercases names; API Gateway and others keep their case.
  for (const key in headers)
    if (key.length === name.length && key.toLowerCase() === name && Object.hasOwn(headers, key))
      return Reflect.get(headers, key);
  return undefined;
}

function isStringOrNumber(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}
