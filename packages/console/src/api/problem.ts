import { HeronError, type HeronErrorCode } from "@heron-webhooks/core";

/** A validation error of one field. */
export interface FieldError {
  /** JSON pointer (RFC 6901) into the request's body, or `?` and the name of a query parameter. */
  readonly pointer: string;
  readonly message: string;
}

/** An error response in the shape of Heron's own API: `{ code, name, description }`, plus the invalid fields. */
export class Problem extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  /** The code of the HeronError, if there is one. */
  readonly reason: HeronErrorCode | null;

  constructor(
    status: number,
    message: string,
    options: {
      readonly errors?: readonly FieldError[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly reason?: HeronErrorCode;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
    this.reason = options.reason ?? null;
  }

  toJSON(): object {
    return {
      code: this.status,
      name: STATUS_NAMES[this.status] ?? "Error",
      description: this.message,
      ...(this.reason === null ? {} : { reason: this.reason }),
      ...(this.errors.length === 0 ? {} : { errors: this.errors }),
    };
  }
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** HTTP status and field of the errors that the sender throws. */
const PROBLEMS_BY_ERROR_CODE: Readonly<
  Partial<Record<HeronErrorCode, readonly [status: number, pointer?: string]>>
> = {
  webhook_not_found: [404],
  delivery_not_found: [404],
  label_not_found: [404],
  write_key_not_found: [404],
  label_invalid: [400, "/name"],
  label_exists: [409, "/name"],
  condition_invalid: [400, "/conditions"],
  url_invalid: [400, "/url"],
  address_forbidden: [400, "/url"],
  pattern_invalid: [400, "/topics"],
  header_invalid: [400, "/headers"],
  template_invalid: [400, "/template"],
  template_missing: [400, "/template"],
  secret_invalid: [400, "/secret"],
  topic_invalid: [400, "/topic"],
  topic_unknown: [400, "/topic"],
  properties_invalid: [400, "/properties"],
  schema_mismatch: [400, "/data"],
  invalid_event: [400],
  event_too_large: [413],
  option_invalid: [400],
  limit_reached: [409],
  store_busy: [503],
  store_full: [503],
  store_unavailable: [503],
  closed: [503],
};

const RETRY_AFTER_HEADERS = { "retry-after": "5" };
const UNAVAILABLE = "The service is unavailable for the moment. Try again in a few seconds.";

/** The response to an error; null for an internal error, which is not described to clients. */
export function toProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (!HeronError.is(error)) return null;
  const [status, pointer] = PROBLEMS_BY_ERROR_CODE[error.code] ?? [];
  if (status === undefined) return null;
  // The store's message can contain paths, schemas and options of the application.
  if (status === 503)
    return new Problem(503, UNAVAILABLE, { reason: error.code, headers: RETRY_AFTER_HEADERS });
  return new Problem(status, error.message, {
    reason: error.code,
    ...(pointer === undefined
      ? {}
      : { errors: [{ pointer: toConditionPointer(pointer, error.message), message: error.message }] }),
  });
}

/** Messages about a condition start with its position, for example `conditions[0].path`. */
function toConditionPointer(pointer: string, message: string): string {
  const [, index, field] = /^conditions\[(\d+)\](?:\.(\w+))?/.exec(message) ?? [];
  if (index === undefined) return pointer;
  return `${pointer}/${index}${field === undefined ? "" : `/${field}`}`;
}
