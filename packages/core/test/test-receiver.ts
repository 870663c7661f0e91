import { HeronError, type Logger, sign } from "../src/index.ts";
import { createReceiver, type IncomingRequest } from "../src/receiver/index.ts";
import type { ReceiverOptions } from "../src/receiver/options.ts";
import type { Receiver } from "../src/receiver/receiver.ts";
import type { ReceiverResponse } from "../src/receiver/response.ts";
import { type ManualClock, manualClock } from "../src/testing.ts";

export const SECRET = "sec_test_0123456789abcdef";

export function bytes(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}

/** What `act` throws, which must be one of the toolkit's own errors. */
export function catchHeronError(act: () => unknown): HeronError {
  try {
    act();
  } catch (error) {
    if (HeronError.is(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/**
 * Whether reading this JSON leaves V8 (from 12.8 on, so Node 24 and 26) confused: after a key that begins with a
 * backslash, `JSON.parse` takes another key that begins with an escape, such as a quote, for that one. No case of a
 * property may do so, or a later one reads its keys wrong. Source: https://github.com/nodejs/node/issues/63785
 */
export function confusesKeys(value: unknown): boolean {
  return /[{,]"\\\\/.test(JSON.stringify(value) ?? "");
}

export interface LogLine {
  readonly level: keyof Logger;
  readonly details: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A logger that records its lines. */
export function createRecordingLogger(): { readonly logger: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const record =
    (level: keyof Logger) =>
    (details: object, message: string): void =>
      void lines.push({ level, details: { ...details }, message });
  return {
    logger: { debug: record("debug"), info: record("info"), warn: record("warn"), error: record("error") },
    lines,
  };
}

export interface TestReceiver {
  readonly receiver: Receiver;
  readonly clock: ManualClock;
  readonly lines: LogLine[];
}

/** A receiver for {@link SECRET} with a clock and a logger of its own. */
export function createTestReceiver(options: ReceiverOptions = {}): TestReceiver {
  const clock = manualClock();
  const { logger, lines } = createRecordingLogger();
  return { receiver: createReceiver({ secret: SECRET, clock, logger, ...options }), clock, lines };
}

export interface RequestOverrides {
  readonly body?: string | Uint8Array;
  readonly secret?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly source?: unknown;
  readonly canCloseConnection?: boolean;
  readonly read?: IncomingRequest["read"];
}

export const EVENT = { topic: "end_user.processed", data: { n: 1 } } as const;

/** A request with a signed event; `parts` can override anything. */
export function signedRequestFor(event: object = EVENT, overrides: RequestOverrides = {}): IncomingRequest {
  const rawBody = overrides.body ?? JSON.stringify(event);
  const body = typeof rawBody === "string" ? bytes(rawBody) : rawBody;
  return {
    method: overrides.method ?? "POST",
    headers: { "heron-signature": sign(body, overrides.secret ?? SECRET), ...overrides.headers },
    source: overrides.source,
    canCloseConnection: overrides.canCloseConnection ?? true,
    read: overrides.read ?? (async () => body),
  };
}

/** A reply's status and body, which is JSON. */
export function parseResponse(response: ReceiverResponse): {
  readonly status: number;
  readonly body: unknown;
} {
  return { status: response.status, body: JSON.parse(response.body) };
}

/** A promise with its resolve and reject functions. */
export function deferred<T = void>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
