import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A receiver that counts what it accepted, and now and then fails. */
export class Counter implements AsyncDisposable {
  /** How often each delivery was accepted, by its id. */
  readonly accepted: Map<string, number> = new Map();
  /** The deliveries accepted since somebody cleared this. */
  readonly recent: Set<string> = new Set();
  readonly events: Set<string> = new Set();
  requests = 0;
  /** Whether a request fails, by its number; by default every seventh does. */
  fails: (index: number) => boolean | Promise<boolean> = (index) => index % 7 === 3;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      } catch {
        // It was killed in the middle of its request: that never came.
        return;
      }
      const fails = await this.fails(this.requests++);
      if (!fails) {
        const id = String(request.headers["webhook-id"]);
        this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
        this.recent.add(id);
        this.events.add((JSON.parse(Buffer.concat(chunks).toString()) as { readonly id: string }).id);
      }
      // As much as a sender keeps of an answer, so that there is something to be written down.
      response.writeHead(fails ? 503 : 200).end(fails ? "?".repeat(4096) : "");
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async open(): Promise<Counter> {
    const counter = new Counter();
    counter.#server.listen(0, "127.0.0.1");
    await once(counter.#server, "listening");
    return counter;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves once everything that was sent by processes that are no more has been read. */
  async left(): Promise<void> {
    for (const socket of this.#sockets) await new Promise((resolve) => socket.once("close", resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
