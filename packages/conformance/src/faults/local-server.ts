import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A loopback HTTP server that receives whole requests. */
export abstract class LocalServer implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  /** Returns the reply to a request; null to never reply. */
  protected abstract reply(request: Received): Promise<Reply | null>;

  /** Starts listening. */
  protected async listening(): Promise<this> {
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits until all connections are closed, so that requests of ended processes have been read. */
  async waitForDisconnects(): Promise<void> {
    for (const socket of this.#sockets) await new Promise((resolve) => socket.once("close", resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: Buffer;
    try {
      body = await buffer(request);
    } catch {
      // The sender was killed while it sent the request.
      return;
    }
    const reply = await this.reply({ path: request.url ?? "", headers: request.headers, body });
    if (reply !== null) response.writeHead(reply.status, reply.headers).end(reply.body);
  }
}
