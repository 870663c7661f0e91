import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A TCP server that answers with its own bytes, whatever comes: what no HTTP server would send. */
export class Wire implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(port: number, close: () => Promise<void>) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}/hook`;
    this.#close = close;
  }

  /** Called with the first bytes of each connection; the rest is read and dropped. */
  static async open(answer: (socket: Socket) => void): Promise<Wire> {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
      socket.once("data", () => answer(socket));
      socket.on("end", () => socket.end());
      socket.resume();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Wire((server.address() as AddressInfo).port, async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
