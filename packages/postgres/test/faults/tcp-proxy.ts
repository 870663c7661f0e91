import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export type Direction = "toServer" | "toClient";

/** The end of what the server says to a statement: by then it is committed. */
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** One way of a connection: what comes in at one end, and has not gone out at the other. */
interface Pipe {
  readonly from: Socket;
  readonly to: Socket;
  readonly buffered: Buffer[];
  hasEnded: boolean;
  /** That was passed on. */
  isFinished: boolean;
}

interface Connection {
  readonly toServer: Pipe;
  readonly toClient: Pipe;
  /** Nothing gets through it any more, whatever is mended. */
  isDead: boolean;
  /** What the server says next is not to come. */
  dropsNextResponse: boolean;
  /** What the client says is kept back. */
  isPaused: boolean;
}

/** A way to a server that tests can close, in one direction or both, and open again. */
export class TcpProxy implements AsyncDisposable {
  /** Asked for whatever a client says: whether the server's answer is to be lost, with the connection. */
  shouldDropResponse: (said: string) => boolean = () => false;
  /** Asked as well: whether nobody reads the answer, until it is mended; the server is left with it. */
  shouldStallResponse: (said: string) => boolean = () => false;
  /** Asked first: whether what is said is kept back, with all that comes after it there, until it is mended. */
  shouldHoldRequest: (said: string) => boolean = () => false;
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

  /** Keeps back whatever is said, until it is mended: who connects is let in, and hears nothing. */
  block(...directions: readonly Direction[]): void {
    for (const direction of directions.length === 0 ? (["toServer", "toClient"] as const) : directions)
      this.#blocked[direction] = true;
  }

  /** As {@link block}, and what is connected before it is mended never says a word again, as when a router forgot it. */
  blackhole(): void {
    this.block();
    this.#dropsNew = true;
    for (const line of this.#connections) line.isDead = true;
  }

  /** Ends every connection. */
  closeAll(): void {
    for (const line of this.#connections) this.#close(line);
  }

  /** Nobody listens any more. */
  async refuse(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.closeAll();
    await closed;
  }

  /** All goes as it should, with what was kept back. */
  async restore(): Promise<void> {
    this.#blocked.toServer = false;
    this.#blocked.toClient = false;
    this.#dropsNew = false;
    for (const line of this.#connections)
      for (const way of [line.toServer, line.toClient]) {
        line.isPaused = false;
        way.from.resume();
        this.#flush(line, way);
      }
    if (!this.#server.listening) await this.#listen();
  }

  /** Whether nobody is connected any more who has gone away. */
  isDrained(): boolean {
    return [...this.#connections].every(({ toServer }) => !toServer.hasEnded);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.refuse();
    this.closeAll();
  }

  async #listen(): Promise<void> {
    // Nobody behind a way that is closed says good-bye.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #accept(client: Socket): void {
    const server = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true });
    const line: Connection = {
      toServer: { from: client, to: server, buffered: [], hasEnded: false, isFinished: false },
      toClient: { from: server, to: client, buffered: [], hasEnded: false, isFinished: false },
      isDead: this.#dropsNew,
      dropsNextResponse: false,
      isPaused: false,
    };
    this.#connections.add(line);
    for (const direction of ["toServer", "toClient"] as const) {
      const way = line[direction];
      way.from.setNoDelay(true);
      way.from.on("error", () => {});
      way.from.on("data", (chunk: Buffer) => this.#forward(line, direction, chunk));
      way.to.on("drain", () => way.from.resume());
      for (const end of ["end", "close"])
        way.from.on(end, () => {
          way.hasEnded = true;
          if (this.#isOpen(line, direction)) this.#flush(line, way);
        });
    }
  }

  #isOpen(line: Connection, direction: Direction): boolean {
    return !this.#blocked[direction] && !line.isDead && !(line.isPaused && direction === "toServer");
  }

  #forward(line: Connection, direction: Direction, chunk: Buffer): void {
    const way = line[direction];
    const said = direction === "toServer" ? chunk.toString("latin1") : "";
    if (direction === "toServer" && this.shouldHoldRequest(said)) line.isPaused = true;
    if (direction === "toServer" && this.shouldDropResponse(said)) line.dropsNextResponse = true;
    if (direction === "toServer" && this.shouldStallResponse(said)) line.toClient.from.pause();
    if (direction === "toClient" && line.dropsNextResponse) {
      if (chunk.includes(READY_FOR_QUERY)) this.#close(line);
      return;
    }
    if (!this.#isOpen(line, direction)) way.buffered.push(chunk);
    // Whoever does not read what is said keeps the other from saying more.
    else if (!way.to.write(chunk)) way.from.pause();
  }

  #flush(line: Connection, way: Pipe): void {
    if (line.isDead) return;
    for (const chunk of way.buffered.splice(0)) way.to.write(chunk);
    if (!way.hasEnded) return;
    way.to.end();
    way.isFinished = true;
    if (line.toServer.isFinished && line.toClient.isFinished) this.#connections.delete(line);
  }

  #close(line: Connection): void {
    line.toServer.from.destroy();
    line.toClient.from.destroy();
    this.#connections.delete(line);
  }
}
