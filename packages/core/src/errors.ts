/** Every code of a {@link HeronError}. Codes are stable; messages can change. */
export type HeronErrorCode =
  | "option_invalid"
  | "secret_missing"
  | "secret_invalid"
  | "signature_missing"
  | "signature_malformed"
  | "signature_mismatch"
  | "body_already_consumed"
  | "body_aborted"
  | "body_too_large"
  | "body_timeout"
  | "encoding_unsupported"
  | "method_not_allowed"
  | "invalid_json"
  | "invalid_event"
  | "schema_mismatch"
  | "event_stale"
  | "duplicate_in_progress"
  | "handler_failed"
  | "handler_retry"
  | "handler_timeout"
  | "secret_unavailable"
  | "dedupe_unavailable"
  | "topic_invalid"
  | "topic_unknown"
  | "pattern_invalid"
  | "template_invalid"
  | "template_missing"
  | "event_too_large"
  | "header_invalid"
  | "url_invalid"
  | "address_forbidden"
  | "properties_invalid"
  | "condition_invalid"
  | "label_invalid"
  | "label_exists"
  | "label_not_found"
  | "write_key_not_found"
  | "webhook_not_found"
  | "delivery_not_found"
  | "limit_reached"
  | "store_busy"
  | "store_full"
  | "store_unavailable"
  | "store_version"
  | "tx_unsupported"
  | "closed";

/**
 * The error class of all packages: a stable `code` to branch on, a `message` with the remedy, and the `cause` if any.
 */
export class HeronError extends Error {
  override readonly name = "HeronError";
  readonly code: HeronErrorCode;

  constructor(code: HeronErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /**
   * Whether `value` is a `HeronError`, and of this `code` if given. Compares name and code rather than `instanceof`, so it
   * works with two copies of this package and across realms.
   */
  static is(value: unknown, code?: HeronErrorCode): value is HeronError {
    const error = value as HeronError | null | undefined;
    return (
      error?.name === "HeronError" &&
      "code" in error &&
      // Only errors have `stack`; `instanceof` fails across realms.
      "stack" in error &&
      (code === undefined || error.code === code)
    );
  }
}

/** Whether a value is an error, also of another realm, such as jest's. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}
