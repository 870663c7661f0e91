import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import { buffer } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { listening } from "./listening.ts";

export interface ReceivedRequest {
  readonly method: string;
  /** With the query, as it stands in the request line. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** When its last byte came, by `performance.now()`. */
  readonly at: number;
  /** The common name of the client's certificate, if it showed one. */
  readonly client: string | null;
}

export interface Answer {
  /** Default 200, or 302 with `redirect`. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Answers so much later. */
  readonly delayMs?: number;
  /** Where to go instead, as `Location`. */
  readonly redirect?: string;
  /** Never answers, or never ends its body. */
  readonly hang?: boolean | "body";
  /** Resets the connection in place of an answer, or in the middle of its body. */
  readonly reset?: boolean | "body";
}

/** The nth answer is for the nth request, and the last for all further ones; none at all is 200. */
export type Script =
  | readonly Answer[]
  | ((request: ReceivedRequest, index: number) => Answer | Promise<Answer>);

export interface ReceiverOptions {
  readonly answers?: Script;
  /** Makes it HTTPS: `cert` and `key`, and for mutual TLS `ca`, `requestCert` and `rejectUnauthorized`. */
  readonly tls?: ServerOptions;
}

/** A server that records requests and responds as configured. */
export class Receiver implements AsyncDisposable {
  readonly port: number;
  /** Without a slash at its end. */
  readonly origin: string;
  readonly requests: ReceivedRequest[] = [];
  readonly #answers: Script;
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #close: () => Promise<void>;

  private constructor(port: number, secure: boolean, answers: Script, close: () => Promise<void>) {
    this.port = port;
    this.origin = `${secure ? "https" : "http"}://127.0.0.1:${port}`;
    this.#answers = answers;
    this.#close = close;
  }

  static async open({ answers = [], tls }: ReceiverOptions = {}): Promise<Receiver> {
    const server = tls === undefined ? createServer() : createSecureServer(tls);
    const { port, close } = await listening(server);
    const receiver = new Receiver(port, tls !== undefined, answers, close);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      // A client that goes away in the middle has not sent a request.
      receiver.#take(request, response).catch(() => response.destroy());
    });
    return receiver;
  }

  url(path: string = "/"): string {
    return this.origin + path;
  }

  /** Resolves when so many requests have come in whole; an answer may still be on its way. */
  async received(count: number): Promise<void> {
    if (this.requests.length >= count) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push({ count, resolve });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers, rawHeaders, socket } = request;
    const body = await buffer(request);
    const client = "getPeerCertificate" in socket ? commonName(socket as TLSSocket) : null;
    const received = { method, path: url, headers, rawHeaders, body, at: performance.now(), client };
    const index = this.requests.push(received) - 1;
    for (const { count, resolve } of this.#waiting) if (this.requests.length >= count) resolve();
    const script = this.#answers;
    const answer =
      typeof script === "function"
        ? await script(received, index)
        : (script[Math.min(index, script.length - 1)] ?? {});
    if (answer.delayMs === undefined) reply(response, answer);
    else setTimeout(reply, answer.delayMs, response, answer).unref();
  }
}

function commonName(socket: TLSSocket): string | null {
  const name = socket.getPeerCertificate().subject?.CN;
  return (Array.isArray(name) ? name[0] : name) ?? null;
}

function reply(response: ServerResponse, answer: Answer): void {
  const { hang = false, reset = false, redirect, body = "" } = answer;
  if (hang === true || response.destroyed) return;
  if (reset === true) {
    response.socket?.resetAndDestroy();
    return;
  }
  const location = redirect === undefined ? {} : { location: redirect };
  response.writeHead(answer.status ?? (redirect === undefined ? 200 : 302), {
    ...location,
    ...(answer.headers as Record<string, string | string[]>),
  });
  if (hang === false && reset === false) {
    response.end(body);
    return;
  }
  response.write(body.length === 0 ? "{" : body, () => {
    if (reset === "body") response.socket?.resetAndDestroy();
  });
}
