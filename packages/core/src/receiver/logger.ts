import { inspect } from "node:util";
import { type HeronError, isError } from "../errors.ts";
import { escapeControl } from "../text.ts";
import { getStatus } from "./response.ts";
import { isThenable } from "./with-timeout.ts";

/** What is needed of a logger, in the shape of pino's and of Fastify's; `console` will do too. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Told of every failure, with what is known of the event; what it throws is logged and goes no further. */
export type OnError = (error: HeronError, details: FailureDetails) => void;

/** What a log line and {@link OnError} say beside the error. Nothing here was taken from a request not yet verified. */
export interface FailureDetails {
  /** The receiver's `name`. */
  readonly receiver: string;
  readonly status: number;
  /** The same as in the body of a 500. */
  readonly id?: string | undefined;
  /** Cut off at 128 characters. */
  readonly topic?: string | undefined;
  /** The event's `id`; where it has none, the first eight characters of its MAC, which whole is its signature. */
  readonly eventId?: string | undefined;
  /** What `explain` found out about a signature. */
  readonly hint?: string | undefined;
}

/** One line of JSON on standard error for warnings and errors; quiet about the rest. */
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

/** An error as JSON can hold it, which shows the properties of none; and anything else that was thrown, as text. */
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

/** Says what went wrong to the log and to `onError`; never throws, whatever these do. */
export class Reporter {
  readonly #logger: Logger;
  readonly #onError: OnError | undefined;
  readonly #receiver: string;

  constructor(receiver: string, logger: Logger, onError: OnError | undefined) {
    this.#receiver = receiver;
    this.#logger = logger;
    this.#onError = onError;
  }

  /** A request was refused, or something failed behind one. */
  reportFailure(error: HeronError, details: Omit<FailureDetails, "receiver" | "status">): void {
    const status = getStatus(error);
    const failureDetails = { receiver: this.#receiver, status, ...details };
    // A handler that asks for a retry knows what it does.
    const level = status < 500 || error.code === "handler_retry" ? "warn" : "error";
    this.log(level, { code: error.code, ...failureDetails, ...toErrorField(error) }, error.message);
    try {
      // An async callback's rejection must not end the process either.
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
      // A logger that throws cannot be told about.
    }
  }

  #logOnErrorFailure(thrown: unknown): void {
    this.log("error", { receiver: this.#receiver, err: thrown }, "onError threw");
  }
}

function toErrorField(error: HeronError): { readonly err?: unknown } {
  return error.cause === undefined || error.code === "invalid_json" ? {} : { err: error.cause };
}
