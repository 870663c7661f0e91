import type { HttpResponse, OutgoingRequest } from "@heron-webhooks/core/delivery";
import { type InFlightItem, InFlightSet } from "@heron-webhooks/engine";
import { Agent, type Dispatcher } from "undici";
import { type ConnectionOwner, type GuardOptions, guardedConnector } from "../egress/connector.ts";

export interface TransportOptions extends Omit<GuardOptions, "ownerOf"> {
  /** How long an attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How much of a response body is stored, in bytes. */
  readonly maxResponseBytes: number;
  /** Connections per host. */
  readonly maxConnectionsPerHost: number;
  /** Aborts requests in flight. */
  readonly signal: AbortSignal;
}

/** A request with its URL split for undici. */
export interface AttemptRequest extends Pick<OutgoingRequest, "headers" | "body"> {
  readonly account: string;
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
}

/** Sends requests. */
export interface Transport {
  /** Resolves to the response or an error. Never rejects. */
  attempt(request: AttemptRequest): Promise<HttpResponse | Error>;
  close(): Promise<void>;
}

/** How much of a response is read so that its connection can be reused. Longer responses are aborted. */
const MAX_READ_BYTES = 64 * 1024;
const MAX_INFORMATIONAL_RESPONSES = 20;
/** How often timeouts are checked, in milliseconds. */
const TIMEOUT_CHECK_INTERVAL_MS = 250;

/**
 * A transport over undici with keep-alive connections. Every new connection is checked, and redirects are not followed.
 */
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
    // Undici does not replace a dead HTTP/2 session while requests use it, which would block all requests to a host.
    allowH2: false,
    // This transport has one timeout for the whole attempt.
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
          Object.assign(new Error(`no response within ${timeoutMs / 1000} s`), { code: "ETIMEDOUT" }),
        );
    isCheckScheduled = inFlight.size > 0;
    if (isCheckScheduled) setTimeout(failTimedOut, TIMEOUT_CHECK_INTERVAL_MS);
  };
  signal.addEventListener("abort", () => {
    for (const attempt of inFlight) attempt.fail(new Error("aborted: the sender is closing"));
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
          // Undici requests a connection, if it needs one, before `dispatch` returns.
          dispatchingAttempt = attempt;
          agent.dispatch({ origin, path, method: "POST", headers, body }, attempt);
        } catch (error) {
          attempt.fail(error as Error);
        } finally {
          dispatchingAttempt = null;
        }
        if (signal.aborted) attempt.fail(new Error("aborted: the sender is closing"));
      }),
    // Attempts that wait for a connection have failed already.
    close: () => agent.destroy(),
  };
}

/**
 * The owner of a connection that undici opens to replace a closed one: an attempt that waits for one. Another attempt
 * may use it in the end, so no attempt cancels it.
 */
function findConnectionOwner(origin: string, attempts: Iterable<HttpAttempt>): ConnectionOwner {
  for (const attempt of attempts)
    if (attempt.origin === origin && !attempt.isStarted)
      return { account: attempt.account, cancelConnect: undefined };
  return { account: "", cancelConnect: undefined };
}

/** A request in flight. */
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
  /** The number of informational responses (1xx). */
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
    if (this.#hasEnded) controller.abort(new Error("the attempt has ended"));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpResponse["headers"]): void {
    // An endless stream of them would block the process.
    if (status < 200 && ++this.#informationalCount > MAX_INFORMATIONAL_RESPONSES)
      this.fail(new Error("too many informational responses (1xx)"));
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bodyBytes < this.#maxResponseBytes) this.#chunks.push(chunk);
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes > MAX_READ_BYTES)
      this.#finish(this.#toResponse(), new Error("the response is longer than is read"));
  }

  onResponseEnd(): void {
    this.#finish(this.#toResponse());
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    // Once the status has arrived, it counts.
    this.#finish(this.#status >= 200 ? this.#toResponse() : error);
  }

  /** Ends the attempt early. */
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
