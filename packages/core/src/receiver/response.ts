import { HeronError, type HeronErrorCode } from "../errors.ts";

/** A response for an adapter to write. */
export interface ReceiverResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/** The errors that a receiver responds to. */
export type ReceiverErrorCode = Extract<
  HeronErrorCode,
  | "method_not_allowed"
  | "encoding_unsupported"
  | `body_${string}`
  | `signature_${string}`
  | "event_stale"
  | "secret_unavailable"
  | "invalid_json"
  | "invalid_event"
  | "schema_mismatch"
  | "duplicate_in_progress"
  | "dedupe_unavailable"
  | `handler_${string}`
  | "closed"
>;

/** Status and public code of each error. Responses contain nothing else about an error. */
const STATUS_BY_CODE: { readonly [Code in ReceiverErrorCode]: number } = {
  method_not_allowed: 405,
  encoding_unsupported: 415,
  body_too_large: 413,
  body_timeout: 408,
  body_aborted: 400,
  body_already_consumed: 500,
  signature_missing: 401,
  signature_malformed: 401,
  signature_mismatch: 401,
  event_stale: 401,
  secret_unavailable: 503,
  invalid_json: 400,
  invalid_event: 400,
  schema_mismatch: 400,
  duplicate_in_progress: 409,
  dedupe_unavailable: 503,
  handler_failed: 500,
  handler_retry: 503,
  handler_timeout: 503,
  closed: 503,
};

const JSON_HEADERS = { "content-type": "application/json; charset=utf-8" } as const;
const HANDLED_RESPONSE: ReceiverResponse = { status: 200, headers: JSON_HEADERS, body: '{"ok":true}' };
const DUPLICATE_RESPONSE: ReceiverResponse = {
  status: 200,
  headers: JSON_HEADERS,
  body: '{"ok":true,"duplicate":true}',
};

/** The event is handled, unmatched or discarded. */
export function createHandledResponse(): ReceiverResponse {
  return HANDLED_RESPONSE;
}

/** The event was handled before. */
export function createDuplicateResponse(): ReceiverResponse {
  return DUPLICATE_RESPONSE;
}

/** An error with a Retry-After for the sender and a hint for the log. */
export class ReceiverError extends HeronError {
  /** Milliseconds until the sender should retry. */
  readonly retryAfterMs: number | undefined;
  readonly hint: string | undefined;

  constructor(
    code: ReceiverErrorCode,
    message: string,
    {
      retryAfter,
      hint,
      cause,
    }: {
      readonly retryAfter?: number | undefined;
      readonly hint?: string | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(code, message, { cause });
    this.retryAfterMs = retryAfter;
    this.hint = hint;
  }
}

/** The status of an error. */
export function getStatus(error: HeronError): number {
  return Object.hasOwn(STATUS_BY_CODE, error.code) ? STATUS_BY_CODE[error.code as ReceiverErrorCode] : 500;
}

/**
 * The response to an error: its public code, never its message. Errors that would help a forger share one code. `id`
 * refers to the log line. `shouldClose`: the body was not read to its end, so the connection cannot be reused.
 */
export function createErrorResponse(
  error: HeronError,
  id: string | undefined,
  shouldClose: boolean,
): ReceiverResponse {
  const status = getStatus(error);
  const retryAfterMs = error instanceof ReceiverError ? error.retryAfterMs : undefined;
  return {
    status,
    headers: {
      ...JSON_HEADERS,
      ...(status === 405 ? { allow: "POST" } : {}),
      ...(status === 415 ? { "accept-encoding": "identity" } : {}),
      // RFC 9110, 15.5.2: a 401 names an accepted scheme.
      ...(status === 401 ? { "www-authenticate": "Heron-Signature" } : {}),
      ...(retryAfterMs === undefined
        ? {}
        : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
      ...(shouldClose ? { connection: "close" } : {}),
    },
    body: JSON.stringify({ error: status === 401 ? "unauthorized" : error.code, id }),
  };
}
