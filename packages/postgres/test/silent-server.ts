import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A server that accepts connections and never responds. */
export class SilentServer {
  readonly url: string;
  readonly #close: () => void;

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<SilentServer> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return new SilentServer(`postgres://postgres@127.0.0.1:${port}/postgres`, () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
  }

  end(): void {
    this.#close();
  }
}
