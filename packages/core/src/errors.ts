/** Every code a {@link HeronError} can carry. Stable: code may branch on them, messages may change. */
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
 * The one error class of the toolkit: a stable `code` to branch on, a `message` that says how to mend it, and the
 * `cause` where there is one.
 */
export class HeronError extends Error {
  override readonly name = "HeronError";
  readonly code: HeronErrorCode;

  constructor(code: HeronErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /**
   * Whether `value` is a `HeronError`, of this `code` if one is given. Decided by name and code rather than
   * `instanceof`, so it holds when an application ends up with two copies of this package, or in another realm.
   */
  static is(value: unknown, code?: HeronErrorCode): value is HeronError {
    const error = value as HeronError | null | undefined;
    return (
      error?.name === "HeronError" &&
      "code" in error &&
      // Only errors have one; `instanceof` fails for those of another realm.
      "stack" in error &&
      (code === undefined || error.code === code)
    );
  }
}

/** Whether something is an error, of another realm too, such as the one in which jest runs an application's code. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}
