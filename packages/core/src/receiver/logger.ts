import { inspect } from "node:util";
import { type HeronError, isError } from "../errors.ts";
import { escapeControl } from "../text.ts";
import { getStatus } from "./response.ts";
import { isThenable } from "./with-timeout.ts";

/** A logger with the interface of pino and Fastify. `console` works, too. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Called for every failure with the known details. Errors that it throws are logged. */
export type OnError = (error: HeronError, details: FailureDetails) => void;

/** The details of a log line and of {@link OnError}. Contains nothing from an unverified request. */
export interface FailureDetails {
  /** The receiver's `name`. */
  readonly receiver: string;
  readonly status: number;
  /** The id in the body of a 500. */
  readonly id?: string | undefined;
  /** Truncated to 128 characters. */
  readonly topic?: string | undefined;
  /** The event's `id`, else the first eight characters of its MAC: the whole MAC is its signature. */
  readonly eventId?: string | undefined;
  /** The message of `diagnoseSignature`. */
  readonly hint?: string | undefined;
}

/** Writes warnings and errors as JSON lines to standard error; drops other levels. */
export const consoleLogger: Logger = {
  debug() {},
  info() {},
  warn: (details, message) => console.error(formatLogLine("warn", details, message)),
  error: (details, message) => console.error(formatLogLine("error", details, message)),
};

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function formatLogLine(level: string, details: object, message: string): string {
  const err: unknown = Reflect.get(details, "err");
  const fields = err === undefined ? details : { ...details, err: serializeError(err) };
  return escapeControl(JSON.stringify({ level, time: new Date().toISOString(), msg: message, ...fields }));
}

const MAX_CAUSE_DEPTH = 3;

/** An error as JSON, since JSON omits its properties; other thrown values as text. */
function serializeError(thrown: unknown, depth = 0): unknown {
  if (!isError(thrown))
    return inspect(thrown, {
      depth: 2,
      breakLength: Number.POSITIVE_INFINITY,
      maxStringLength: 1000,
      maxArrayLength: 20,
    });
  const { name, message, stack, cause } = thrown;
  const code: unknown = Reflect.get(thrown, "code");
  const errors: unknown = Reflect.get(thrown, "errors");
  const serializeCause = (inner: unknown): unknown =>
    depth < MAX_CAUSE_DEPTH ? serializeError(inner, depth + 1) : "…";
  return {
    name,
    message,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    stack,
    ...(cause === undefined ? {} : { cause: serializeCause(cause) }),
    ...(Array.isArray(errors) ? { errors: errors.slice(0, 5).map(serializeCause) } : {}),
  };
}

/** Reports failures to the logger and to `onError`. Never throws. */
export class Reporter {
  readonly #logger: Logger;
  readonly #onError: OnError | undefined;
  readonly #receiver: string;

  constructor(receiver: string, logger: Logger, onError: OnError | undefined) {
    this.#receiver = receiver;
    this.#logger = logger;
    this.#onError = onError;
  }

  /** Reports a rejected request or a failed handler. */
  reportFailure(error: HeronError, details: Omit<FailureDetails, "receiver" | "status">): void {
    const status = getStatus(error);
    const failureDetails = { receiver: this.#receiver, status, ...details };
    // A handler's Retry is intended, so it is a warning.
    const level = status < 500 || error.code === "handler_retry" ? "warn" : "error";
    this.log(level, { code: error.code, ...failureDetails, ...toErrorField(error) }, error.message);
    try {
      // A rejected promise must not end the process.
      const returned: unknown = this.#onError?.(error, failureDetails);
      if (isThenable(returned))
        returned.then(undefined, (thrown: unknown) => this.#logOnErrorFailure(thrown));
    } catch (thrown) {
      this.#logOnErrorFailure(thrown);
    }
  }

  log(level: keyof Logger, details: object, message: string): void {
    try {
      this.#logger[level](details, `heron-webhooks: ${message}`);
    } catch {
      // A throwing logger cannot be reported.
    }
  }

  #logOnErrorFailure(thrown: unknown): void {
    this.log("error", { receiver: this.#receiver, err: thrown }, "onError threw");
  }
}

function toErrorField(error: HeronError): { readonly err?: unknown } {
  return error.cause === undefined || error.code === "invalid_json" ? {} : { err: error.cause };
}
