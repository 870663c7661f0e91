import type { Answer, OutgoingRequest } from "@heron-webhooks/core";
import { Bag, type Bagged } from "@heron-webhooks/engine";
import { Agent, type Dispatcher } from "undici";
import { type ConnectionOwner, type GuardOptions, guardedConnector } from "../egress/connector.ts";

export interface TransportOptions extends Omit<GuardOptions, "ownerOf"> {
  /** How long an attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How much of an answer's body is kept, in bytes. */
  readonly answerBytes: number;
  /** How many connections are held to one host. */
  readonly connections: number;
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
  attempt(request: AttemptRequest): Promise<Answer | Error>;
  close(): Promise<void>;
}

/** How much of an answer is read to keep its connection; one that is longer is broken off. */
const MOST_READ = 64 * 1024;
const MOST_ANNOUNCED = 20;
/** How often attempts are looked at that take too long, in milliseconds. */
const SWEEP = 250;

/** A transport over undici: connections are kept, every new one is guarded, redirects are not followed. */
export function createTransport(options: TransportOptions): Transport {
  const { timeoutMs, connections, signal } = options;
  const underWay = new Bag<Attempt>();
  let dispatched: Attempt | null = null;
  const agent = new Agent({
    connect: guardedConnector({ ...options, ownerOf: (origin) => dispatched ?? ownerFor(origin, underWay) }),
    connections,
    pipelining: 1,
    // A session of HTTP/2 that is dead is not replaced while anybody uses it: of one host that would hold up all.
    allowH2: false,
    // Looked at here, over the whole of an attempt.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
  });
  let sweeping = false;
  const late = (): void => {
    const now = performance.now();
    for (const attempt of underWay)
      if (now - attempt.began >= timeoutMs)
        attempt.fail(
          Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: "ETIMEDOUT" }),
        );
    sweeping = underWay.size > 0;
    if (sweeping) setTimeout(late, SWEEP);
  };
  signal.addEventListener("abort", () => {
    for (const attempt of underWay) attempt.fail(new Error("broken off: the sender is closing"));
  });
  return {
    attempt: ({ account, origin, path, headers, body }) =>
      new Promise((resolve) => {
        const attempt = new Attempt(account, origin, options.answerBytes, (result) => {
          underWay.delete(attempt);
          resolve(result);
        });
        underWay.add(attempt);
        if (!sweeping) setTimeout(late, SWEEP);
        sweeping = true;
        try {
          // Undici asks for a connection, if it needs one, before this returns.
          dispatched = attempt;
          agent.dispatch({ origin, path, method: "POST", headers, body }, attempt);
        } catch (error) {
          attempt.fail(error as Error);
        } finally {
          dispatched = null;
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
function ownerFor(origin: string, attempts: Iterable<Attempt>): ConnectionOwner {
  for (const attempt of attempts)
    if (attempt.origin === origin && !attempt.isStarted)
      return { account: attempt.account, cancelConnect: undefined };
  return { account: "", cancelConnect: undefined };
}

/** A request under way, as undici tells of it. */
class Attempt implements Dispatcher.DispatchHandler, Bagged, ConnectionOwner {
  place = 0;
  readonly account: string;
  readonly origin: string;
  cancelConnect: (() => void) | undefined;
  readonly began: number = performance.now();
  readonly #answerBytes: number;
  readonly #ended: (result: Answer | Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;
  /** How often it said that it will answer soon (1xx). */
  #announced = 0;
  #status = 0;
  #headers: Answer["headers"] = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(account: string, origin: string, answerBytes: number, ended: (result: Answer | Error) => void) {
    this.account = account;
    this.origin = origin;
    this.#answerBytes = answerBytes;
    this.#ended = ended;
  }

  get isStarted(): boolean {
    return this.#controller !== undefined;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error("it is over"));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Answer["headers"]): void {
    // Without an end to them, reading them would take the whole process's time.
    if (status < 200 && ++this.#announced > MOST_ANNOUNCED)
      this.fail(new Error("it announced an answer for ever"));
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#size < this.#answerBytes) this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > MOST_READ) this.#end(this.#answer(), new Error("it has said enough"));
  }

  onResponseEnd(): void {
    this.#end(this.#answer());
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    // Once the status has come, it counts.
    this.#end(this.#status >= 200 ? this.#answer() : error);
  }

  /** Ends it before its time. */
  fail(error: Error): void {
    this.#end(this.#status >= 200 ? this.#answer() : error, error);
  }

  #end(result: Answer | Error, abort?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended(result);
    if (abort === undefined) return;
    this.#controller?.abort(abort);
    this.cancelConnect?.();
  }

  #answer(): Answer {
    const body =
      this.#size === 0 ? "" : Buffer.concat(this.#chunks).subarray(0, this.#answerBytes).toString("utf8");
    return { status: this.#status, headers: this.#headers, body, at: Date.now() };
  }
}
