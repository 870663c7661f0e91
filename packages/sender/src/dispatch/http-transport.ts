import type { HttpResponse, OutgoingRequest } from "@heron-webhooks/core";
import { type InFlightItem, InFlightSet } from "@heron-webhooks/engine";
import { Agent, type Dispatcher } from "undici";
import { type ConnectionOwner, type GuardOptions, guardedConnector } from "../egress/connector.ts";

export interface TransportOptions extends Omit<GuardOptions, "ownerOf"> {
  /** How long an attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How much of an answer's body is kept, in bytes. */
  readonly maxResponseBytes: number;
  /** How many connections are held to one host. */
  readonly maxConnectionsPerHost: number;
  /** Breaks off what is under way. */
  readonly signal: AbortSignal;
}

/** A request, with its URL taken apart. */
export interface AttemptRequest extends Pick<OutgoingRequest, "headers" | "body"> {
  readonly account: string;
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
}

/** Makes attempts. */
export interface Transport {
  /** Resolves to what came of it, and never rejects. */
  attempt(request: AttemptRequest): Promise<HttpResponse | Error>;
  close(): Promise<void>;
}

/** How much of an answer is read to keep its connection; one that is longer is broken off. */
const MAX_READ_BYTES = 64 * 1024;
const MAX_INFORMATIONAL_RESPONSES = 20;
/** How often attempts are looked at that take too long, in milliseconds. */
const TIMEOUT_CHECK_INTERVAL_MS = 250;

/** A transport over undici: connections are kept, every new one is guarded, redirects are not followed. */
export function createHttpTransport(options: TransportOptions): Transport {
  const { timeoutMs, maxConnectionsPerHost, signal } = options;
  const inFlight = new InFlightSet<HttpAttempt>();
  let dispatchingAttempt: HttpAttempt | null = null;
  const agent = new Agent({
    connect: guardedConnector({
      ...options,
      ownerOf: (origin) => dispatchingAttempt ?? findConnectionOwner(origin, inFlight),
    }),
    connections: maxConnectionsPerHost,
    pipelining: 1,
    // A session of HTTP/2 that is dead is not replaced while anybody uses it: of one host that would hold up all.
    allowH2: false,
    // Looked at here, over the whole of an attempt.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
  });
  let isCheckScheduled = false;
  const failTimedOut = (): void => {
    const now = performance.now();
    for (const attempt of inFlight)
      if (now - attempt.startedAt >= timeoutMs)
        attempt.fail(
          Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: "ETIMEDOUT" }),
        );
    isCheckScheduled = inFlight.size > 0;
    if (isCheckScheduled) setTimeout(failTimedOut, TIMEOUT_CHECK_INTERVAL_MS);
  };
  signal.addEventListener("abort", () => {
    for (const attempt of inFlight) attempt.fail(new Error("broken off: the sender is closing"));
  });
  return {
    attempt: ({ account, origin, path, headers, body }) =>
      new Promise((resolve) => {
        const attempt = new HttpAttempt(account, origin, options.maxResponseBytes, (result) => {
          inFlight.delete(attempt);
          resolve(result);
        });
        inFlight.add(attempt);
        if (!isCheckScheduled) setTimeout(failTimedOut, TIMEOUT_CHECK_INTERVAL_MS);
        isCheckScheduled = true;
        try {
          // Undici asks for a connection, if it needs one, before this returns.
          dispatchingAttempt = attempt;
          agent.dispatch({ origin, path, method: "POST", headers, body }, attempt);
        } catch (error) {
          attempt.fail(error as Error);
        } finally {
          dispatchingAttempt = null;
        }
        if (signal.aborted) attempt.fail(new Error("broken off: the sender is closing"));
      }),
    // Whoever waits in a queue for a connection has been told already: nothing more is to be sent.
    close: () => agent.destroy(),
  };
}

/**
 * Whose the connection is that undici makes in place of one that closed: an attempt's that waits for one. Another may use
 * it in the end, so no attempt cancels it.
 */
function findConnectionOwner(origin: string, attempts: Iterable<HttpAttempt>): ConnectionOwner {
  for (const attempt of attempts)
    if (attempt.origin === origin && !attempt.isStarted)
      return { account: attempt.account, cancelConnect: undefined };
  return { account: "", cancelConnect: undefined };
}

/** A request under way, as undici tells of it. */
class HttpAttempt implements Dispatcher.DispatchHandler, InFlightItem, ConnectionOwner {
  index = 0;
  readonly account: string;
  readonly origin: string;
  cancelConnect: (() => void) | undefined;
  readonly startedAt: number = performance.now();
  readonly #maxResponseBytes: number;
  readonly #onEnd: (result: HttpResponse | Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #hasEnded = false;
  /** How often it said that it will answer soon (1xx). */
  #informationalCount = 0;
  #status = 0;
  #headers: HttpResponse["headers"] = {};
  #chunks: Buffer[] = [];
  #bodyBytes = 0;

  constructor(
    account: string,
    origin: string,
    maxResponseBytes: number,
    onEnd: (result: HttpResponse | Error) => void,
  ) {
    this.account = account;
    this.origin = origin;
    this.#maxResponseBytes = maxResponseBytes;
    this.#onEnd = onEnd;
  }

  get isStarted(): boolean {
    return this.#controller !== undefined;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#hasEnded) controller.abort(new Error("it is over"));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpResponse["headers"]): void {
    // Without an end to them, reading them would take the whole process's time.
    if (status < 200 && ++this.#informationalCount > MAX_INFORMATIONAL_RESPONSES)
      this.fail(new Error("it announced an answer for ever"));
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bodyBytes < this.#maxResponseBytes) this.#chunks.push(chunk);
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes > MAX_READ_BYTES) this.#finish(this.#toResponse(), new Error("it has said enough"));
  }

  onResponseEnd(): void {
    this.#finish(this.#toResponse());
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    // Once the status has come, it counts.
    this.#finish(this.#status >= 200 ? this.#toResponse() : error);
  }

  /** Ends it before its time. */
  fail(error: Error): void {
    this.#finish(this.#status >= 200 ? this.#toResponse() : error, error);
  }

  #finish(result: HttpResponse | Error, abortError?: Error): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd(result);
    if (abortError === undefined) return;
    this.#controller?.abort(abortError);
    this.cancelConnect?.();
  }

  #toResponse(): HttpResponse {
    const body =
      this.#bodyBytes === 0
        ? ""
        : Buffer.concat(this.#chunks).subarray(0, this.#maxResponseBytes).toString("utf8");
    return { status: this.#status, headers: this.#headers, body, receivedAt: Date.now() };
  }
}
