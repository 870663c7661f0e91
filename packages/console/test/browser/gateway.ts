import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A gateway that maps the mount to another path. While it is closed, the host is unreachable. */
export class Gateway {
  readonly #server: Server;
  #port = 0;

  /** Forwards requests below `from` to `to` at the host. */
  constructor(host: string, from: string, to: string) {
    this.#server = createServer((incoming, outgoing) => {
      const path = incoming.url ?? "/";
      if (!path.startsWith(from)) {
        outgoing.writeHead(404).end("The gateway knows nothing of that.");
        return;
      }
      const upstreamRequest = request(
        new URL(to + path.slice(from.length), host),
        { method: incoming.method, headers: incoming.headers },
        (upstreamResponse) => {
          outgoing.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
          outgoing.flushHeaders();
          upstreamResponse.pipe(outgoing);
        },
      );
      upstreamRequest.on("error", () => outgoing.destroy());
      outgoing.on("close", () => upstreamRequest.destroy());
      incoming.pipe(upstreamRequest);
    });
  }

  /** Uses the same port each time. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closing = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closing;
  }
}
