import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** What is done with a connection each time a request has come in on it. */
export type Behaviour = (socket: Socket, receiver: BadReceiver) => void;

/** A server below HTTP: it reads requests, and does with their connections what it likes. */
export class BadReceiver implements AsyncDisposable {
  /** Requests that came in whole. */
  requests = 0;
  /** The bytes that left this process, by connection. */
  readonly sent: number[] = [];
  readonly #open = new Set<Socket>();
  readonly #server: Server;

  private constructor(behave: Behaviour) {
    this.#server = createServer((socket) => {
      this.#open.add(socket);
      // A peer that gives up is the point of these tests.
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#open.delete(socket);
        this.sent.push(socket.bytesWritten);
      });
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk.toString("latin1");
        for (let end = findRequestEnd(text); end > 0; end = findRequestEnd(text)) {
          text = text.slice(end);
          this.requests += 1;
          behave(socket, this);
        }
      });
    });
  }

  static async open(behave: Behaviour, host = "127.0.0.1", port = 0): Promise<BadReceiver> {
    const receiver = new BadReceiver(behave);
    receiver.#server.listen(port, host);
    await once(receiver.#server, "listening");
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves once all connections are closed. */
  async disconnected(): Promise<void> {
    for (const socket of this.#open) await new Promise((resolve) => socket.once("close", resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Where the first request in `text` ends; 0 if it is not whole yet. */
function findRequestEnd(text: string): number {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return 0;
  const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length >= end ? end : 0;
}

/** Sends `first`, and then `again` for as long as the peer reads. */
export function sendForever(first: string, chunk: string): Behaviour {
  return (socket) => {
    socket.write(first);
    const writeMore = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on("drain", writeMore);
    writeMore();
  };
}

/** Sends `first`, and then a byte now and then, so that no time limit between two bytes is ever reached. */
export function sendSlowly(first: string): Behaviour {
  return (socket) => {
    socket.write(first);
    const timer = setInterval(() => socket.write("."), 20);
    socket.on("close", () => clearInterval(timer));
  };
}
