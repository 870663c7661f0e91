import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export type Direction = "toServer" | "toClient";

/** The end of the response to a statement, which is committed by then. */
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** One direction of a connection, with the data that was received and not forwarded. */
interface Pipe {
  readonly from: Socket;
  readonly to: Socket;
  readonly buffered: Buffer[];
  hasEnded: boolean;
  /** The end was forwarded. */
  isFinished: boolean;
}

interface Connection {
  readonly toServer: Pipe;
  readonly toClient: Pipe;
  /** Forwards nothing, also after `restore`. */
  isDead: boolean;
  /** The next response of the server is dropped. */
  dropsNextResponse: boolean;
  /** Requests of the client are held. */
  isPaused: boolean;
}

/** A proxy whose directions tests can block and unblock. */
export class TcpProxy implements AsyncDisposable {
  /** Whether to drop the response to this request, with the connection. */
  shouldDropResponse: (request: string) => boolean = () => false;
  /** Whether to stop reading the response to this request until `restore`, so that the server cannot send it. */
  shouldStallResponse: (request: string) => boolean = () => false;
  /** Whether to hold this request and all later ones of its connection until `restore`. Called first. */
  shouldHoldRequest: (request: string) => boolean = () => false;
  readonly #target: number;
  readonly #connections = new Set<Connection>();
  readonly #blocked: Record<Direction, boolean> = { toServer: false, toClient: false };
  #dropsNew = false;
  #server: Server;
  #port = 0;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer();
  }

  static async open(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Forwards nothing until `restore`. New connections are accepted, without a response. */
  block(...directions: readonly Direction[]): void {
    for (const direction of directions.length === 0 ? (["toServer", "toClient"] as const) : directions)
      this.#blocked[direction] = true;
  }

  /** As {@link block}, and current connections stay dead after `restore`, as after the restart of a NAT router. */
  blackhole(): void {
    this.block();
    this.#dropsNew = true;
    for (const connection of this.#connections) connection.isDead = true;
  }

  closeAll(): void {
    for (const connection of this.#connections) this.#close(connection);
  }

  /** Closes the port and all connections. */
  async refuse(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.closeAll();
    await closed;
  }

  /** Forwards everything again, with the held data first. */
  async restore(): Promise<void> {
    this.#blocked.toServer = false;
    this.#blocked.toClient = false;
    this.#dropsNew = false;
    for (const connection of this.#connections)
      for (const pipe of [connection.toServer, connection.toClient]) {
        connection.isPaused = false;
        pipe.from.resume();
        this.#flush(connection, pipe);
      }
    if (!this.#server.listening) await this.#listen();
  }

  /** Whether all data of closed client connections was forwarded. */
  isDrained(): boolean {
    return [...this.#connections].every(({ toServer }) => !toServer.hasEnded);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.refuse();
    this.closeAll();
  }

  async #listen(): Promise<void> {
    // A blocked direction must not forward the end of a connection.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #accept(client: Socket): void {
    const server = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true });
    const connection: Connection = {
      toServer: { from: client, to: server, buffered: [], hasEnded: false, isFinished: false },
      toClient: { from: server, to: client, buffered: [], hasEnded: false, isFinished: false },
      isDead: this.#dropsNew,
      dropsNextResponse: false,
      isPaused: false,
    };
    this.#connections.add(connection);
    for (const direction of ["toServer", "toClient"] as const) {
      const pipe = connection[direction];
      pipe.from.setNoDelay(true);
      pipe.from.on("error", () => {});
      pipe.from.on("data", (chunk: Buffer) => this.#forward(connection, direction, chunk));
      pipe.to.on("drain", () => pipe.from.resume());
      for (const end of ["end", "close"])
        pipe.from.on(end, () => {
          pipe.hasEnded = true;
          if (this.#isOpen(connection, direction)) this.#flush(connection, pipe);
        });
    }
  }

  #isOpen(connection: Connection, direction: Direction): boolean {
    return (
      !this.#blocked[direction] && !connection.isDead && !(connection.isPaused && direction === "toServer")
    );
  }

  #forward(connection: Connection, direction: Direction, chunk: Buffer): void {
    const pipe = connection[direction];
    const request = direction === "toServer" ? chunk.toString("latin1") : "";
    if (direction === "toServer" && this.shouldHoldRequest(request)) connection.isPaused = true;
    if (direction === "toServer" && this.shouldDropResponse(request)) connection.dropsNextResponse = true;
    if (direction === "toServer" && this.shouldStallResponse(request)) connection.toClient.from.pause();
    if (direction === "toClient" && connection.dropsNextResponse) {
      if (chunk.includes(READY_FOR_QUERY)) this.#close(connection);
      return;
    }
    if (!this.#isOpen(connection, direction)) pipe.buffered.push(chunk);
    // Backpressure.
    else if (!pipe.to.write(chunk)) pipe.from.pause();
  }

  #flush(connection: Connection, pipe: Pipe): void {
    if (connection.isDead) return;
    for (const chunk of pipe.buffered.splice(0)) pipe.to.write(chunk);
    if (!pipe.hasEnded) return;
    pipe.to.end();
    pipe.isFinished = true;
    if (connection.toServer.isFinished && connection.toClient.isFinished)
      this.#connections.delete(connection);
  }

  #close(connection: Connection): void {
    connection.toServer.from.destroy();
    connection.toClient.from.destroy();
    this.#connections.delete(connection);
  }
}
