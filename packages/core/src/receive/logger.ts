import type { HeronError } from "../errors.ts";
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
  /** `context.id`. */
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

/** Characters that JSON leaves as they are and a terminal or a log reader acts on: DEL, C1, line separators, bidi. */
const ACTIVE = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function line(level: string, details: object, message: string): string {
  const text = JSON.stringify(
    { level, time: new Date().toISOString(), msg: message, ...details },
    plainError,
  );
  return text.replace(ACTIVE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Errors have no enumerable properties, so JSON would show them as `{}`. */
function plainError(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return typeof value === "bigint" ? String(value) : value;
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
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
  failure(error: HeronError, details: Omit<FailureDetails, "receiver" | "status"> = {}): void {
    const status = statusOf(error);
    const said = { receiver: this.#receiver, status, ...details };
    // A handler that asks for a retry knows what it does.
    const level = status < 500 || error.code === "handler_retry" ? "warn" : "error";
    this.log(level, { code: error.code, ...said, ...causeOf(error) }, error.message);
    try {
      // An async callback's rejection must not end the process either.
      const answer: unknown = this.#onError?.(error, said);
      if (answer instanceof Promise) answer.catch((thrown: unknown) => this.#onErrorFailed(thrown));
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
