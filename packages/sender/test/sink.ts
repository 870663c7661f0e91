import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How a sink answers: a status, perhaps with headers, or not at all. */
export type Answer = number | { readonly status: number; readonly headers: Record<string, string> } | "hang";

/** A server that keeps what it is sent, and answers as it is told. */
export class Sink implements AsyncDisposable {
  readonly requests: Received[] = [];
  answer: (request: Received, index: number) => Answer | Promise<Answer> = () => 200;
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const received = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) };
    const index = this.requests.push(received) - 1;
    for (const look of this.#arrived.splice(0)) look();
    const answer = await this.answer(received, index);
    if (answer === "hang") return;
    const { status, headers } = typeof answer === "number" ? { status: answer, headers: {} } : answer;
    response.writeHead(status, headers).end(status < 300 ? "ok" : "no");
  });
  readonly #arrived: (() => void)[] = [];

  static async open(): Promise<Sink> {
    const sink = new Sink();
    sink.#server.listen(0, "127.0.0.1");
    await once(sink.#server, "listening");
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves once so many requests have come. */
  async received(count: number): Promise<readonly Received[]> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#arrived.push(resolve));
    return this.requests;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
