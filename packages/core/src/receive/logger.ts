import { inspect } from "node:util";
import { type HeronError, isError } from "../errors.ts";
import { inert } from "../shown.ts";
import { isThenable } from "./deadline.ts";
import { statusOf } from "./reply.ts";

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
  warn: (details, message) => console.error(line("warn", details, message)),
  error: (details, message) => console.error(line("error", details, message)),
};

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function line(level: string, details: object, message: string): string {
  const err: unknown = Reflect.get(details, "err");
  const plain = err === undefined ? details : { ...details, err: described(err) };
  return inert(JSON.stringify({ level, time: new Date().toISOString(), msg: message, ...plain }));
}

const DEEPEST = 3;

/** An error as JSON can hold it, which shows the properties of none; and anything else that was thrown, as text. */
function described(thrown: unknown, depth = 0): unknown {
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
  const deeper = (inner: unknown): unknown => (depth < DEEPEST ? described(inner, depth + 1) : "…");
  return {
    name,
    message,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    stack,
    ...(cause === undefined ? {} : { cause: deeper(cause) }),
    ...(Array.isArray(errors) ? { errors: errors.slice(0, 5).map(deeper) } : {}),
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
  failure(error: HeronError, details: Omit<FailureDetails, "receiver" | "status">): void {
    const status = statusOf(error);
    const said = { receiver: this.#receiver, status, ...details };
    // A handler that asks for a retry knows what it does.
    const level = status < 500 || error.code === "handler_retry" ? "warn" : "error";
    this.log(level, { code: error.code, ...said, ...causeOf(error) }, error.message);
    try {
      // An async callback's rejection must not end the process either.
      const answer: unknown = this.#onError?.(error, said);
      if (isThenable(answer)) answer.then(undefined, (thrown: unknown) => this.#onErrorFailed(thrown));
    } catch (thrown) {
      this.#onErrorFailed(thrown);
    }
  }

  log(level: keyof Logger, details: object, message: string): void {
    try {
      this.#logger[level](details, `heron-webhooks: ${message}`);
    } catch {
      // A logger that throws cannot be told about.
    }
  }

  #onErrorFailed(thrown: unknown): void {
    this.log("error", { receiver: this.#receiver, err: thrown }, "onError threw");
  }
}

function causeOf(error: HeronError): { readonly err?: unknown } {
  return error.cause === undefined || error.code === "invalid_json" ? {} : { err: error.cause };
}
