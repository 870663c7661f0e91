import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A server that records requests and responds as configured. */
export class Receiver implements AsyncDisposable {
  readonly requests: Received[] = [];
  respond: (request: Received) => { readonly status: number; readonly headers?: Record<string, string> } =
    () => ({ status: 200 });
  readonly #server = createServer(async (request, response) => {
    const received = { path: request.url ?? "", headers: request.headers, body: await buffer(request) };
    this.requests.push(received);
    const { status, headers } = this.respond(received);
    response.writeHead(status, headers).end(status < 300 ? "ok" : "no \0 thanks");
  });

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The ids of the deliveries to a path. */
  getDeliveryIds(path?: string): readonly string[] {
    return this.requests
      .filter((request) => path === undefined || request.path === path)
      .map(({ headers }) => String(headers["webhook-id"]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
