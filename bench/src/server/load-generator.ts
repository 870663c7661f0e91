import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface LoadSlice {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * Sends requests over kept-alive connections, one at a time on each. No request is sent twice. A reply other than 200 fails
 * the run, since a rejection is cheaper than the work that is measured.
 */
export class LoadGenerator {
  readonly #port: number;
  readonly #createRequest: () => Buffer;
  readonly #connections: number;
  readonly #sockets: Socket[] = [];
  readonly #idle: Socket[] = [];
  readonly #prepared: Buffer[] = [];
  #isSending = false;
  #requests = 0;
  #maxRequests = 0;
  #finishRun: (error?: Error) => void = () => {};

  constructor(port: number, createRequest: () => Buffer, connections = 32) {
    this.#port = port;
    this.#createRequest = createRequest;
    this.#connections = connections;
  }

  async open(): Promise<void> {
    for (let i = 0; i < this.#connections; i++) {
      const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
      await once(socket, "connect");
      this.#onSocket(socket);
      this.#sockets.push(socket);
      this.#idle.push(socket);
    }
  }

  /** Keeps the server busy for `ms` milliseconds, and waits for the last replies. */
  async run(ms: number): Promise<LoadSlice> {
    // Prepared before the measurement. If these are too few, the client creates more during it.
    while (this.#prepared.length < this.#maxRequests * 1.2) this.#prepared.push(this.#createRequest());
    this.#requests = 0;
    const ended = new Promise<void>((resolve, reject) => {
      this.#finishRun = (error) => (error === undefined ? resolve() : reject(error));
    });
    const from = performance.now();
    this.#isSending = true;
    for (const socket of this.#idle.splice(0)) socket.write(this.#takeRequest());
    const timer = setTimeout(() => {
      this.#isSending = false;
    }, ms);
    const bound = setTimeout(() => this.#finishRun(new Error("the server does not answer")), ms + 10_000);
    try {
      await ended;
    } finally {
      clearTimeout(timer);
      clearTimeout(bound);
      this.#isSending = false;
    }
    this.#maxRequests = Math.max(this.#maxRequests, this.#requests);
    return { requests: this.#requests, seconds: (performance.now() - from) / 1000 };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #takeRequest(): Buffer {
    return this.#prepared.pop() ?? this.#createRequest();
  }

  #onSocket(socket: Socket): void {
    let reply = "";
    socket.on("data", (chunk: Buffer) => {
      reply += chunk.toString("latin1");
      const end = findResponseEnd(reply);
      if (end < 0) return;
      if (!reply.startsWith("HTTP/1.1 200 ") || end !== reply.length)
        return this.#finishRun(new Error(`an unexpected reply: ${reply}`));
      reply = "";
      this.#requests++;
      if (this.#isSending) socket.write(this.#takeRequest());
      else if (this.#idle.push(socket) === this.#connections) this.#finishRun();
    });
    const broken = (): void => this.#finishRun(new Error("the server closed a connection"));
    socket.on("error", broken).on("end", broken);
  }
}

/** The end of a reply with a Content-Length; -1 while it is incomplete. */
function findResponseEnd(reply: string): number {
  const head = reply.indexOf("\r\n\r\n");
  if (head < 0) return -1;
  const length = /\r\ncontent-length: *(\d+)/i.exec(reply)?.[1];
  if (length === undefined) throw new Error(`a reply without a Content-Length: ${reply}`);
  const end = head + 4 + Number(length);
  return reply.length < end ? -1 : end;
}
