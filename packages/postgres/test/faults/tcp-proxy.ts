import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export type Direction = "toServer" | "toClient";

/** The end of what the server says to a statement: by then it is committed. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** One way of a connection: what comes in at one end, and has not gone out at the other. */
interface Way {
  readonly from: Socket;
  readonly to: Socket;
  readonly kept: Buffer[];
  hasEnded: boolean;
  /** That was passed on. */
  isOver: boolean;
}

interface Line {
  readonly toServer: Way;
  readonly toClient: Way;
  /** Nothing gets through it any more, whatever is mended. */
  isDead: boolean;
  /** What the server says next is not to come. */
  losesAnswer: boolean;
  /** What the client says is kept back. */
  isHeld: boolean;
}

/** A way to a server that tests can close, in one direction or both, and open again. */
export class TcpProxy implements AsyncDisposable {
  /** Asked for whatever a client says: whether the server's answer is to be lost, with the connection. */
  losesAnswer: (said: string) => boolean = () => false;
  /** Asked as well: whether nobody reads the answer, until it is mended; the server is left with it. */
  stallsAnswer: (said: string) => boolean = () => false;
  /** Asked first: whether what is said is kept back, with all that comes after it there, until it is mended. */
  keepsBack: (said: string) => boolean = () => false;
  readonly #target: number;
  readonly #lines = new Set<Line>();
  readonly #hangs: Record<Direction, boolean> = { toServer: false, toClient: false };
  #forgets = false;
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
  hang(...directions: readonly Direction[]): void {
    for (const direction of directions.length === 0 ? (["toServer", "toClient"] as const) : directions)
      this.#hangs[direction] = true;
  }

  /** As {@link hang}, and what is connected before it is mended never says a word again, as when a router forgot it. */
  forget(): void {
    this.hang();
    this.#forgets = true;
    for (const line of this.#lines) line.isDead = true;
  }

  /** Ends every connection. */
  cut(): void {
    for (const line of this.#lines) this.#end(line);
  }

  /** Nobody listens any more. */
  async refuse(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }

  /** All goes as it should, with what was kept back. */
  async mend(): Promise<void> {
    this.#hangs.toServer = false;
    this.#hangs.toClient = false;
    this.#forgets = false;
    for (const line of this.#lines)
      for (const way of [line.toServer, line.toClient]) {
        line.isHeld = false;
        way.from.resume();
        this.#flush(line, way);
      }
    if (!this.#server.listening) await this.#listen();
  }

  /** Whether nobody is connected any more who has gone away. */
  isDrained(): boolean {
    return [...this.#lines].every(({ toServer }) => !toServer.hasEnded);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.refuse();
    this.cut();
  }

  async #listen(): Promise<void> {
    // Nobody behind a way that is closed says good-bye.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#take(client));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #take(client: Socket): void {
    const server = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true });
    const line: Line = {
      toServer: { from: client, to: server, kept: [], hasEnded: false, isOver: false },
      toClient: { from: server, to: client, kept: [], hasEnded: false, isOver: false },
      isDead: this.#forgets,
      losesAnswer: false,
      isHeld: false,
    };
    this.#lines.add(line);
    for (const direction of ["toServer", "toClient"] as const) {
      const way = line[direction];
      way.from.setNoDelay(true);
      way.from.on("error", () => {});
      way.from.on("data", (chunk: Buffer) => this.#pass(line, direction, chunk));
      way.to.on("drain", () => way.from.resume());
      for (const end of ["end", "close"])
        way.from.on(end, () => {
          way.hasEnded = true;
          if (this.#isOpen(line, direction)) this.#flush(line, way);
        });
    }
  }

  #isOpen(line: Line, direction: Direction): boolean {
    return !this.#hangs[direction] && !line.isDead && !(line.isHeld && direction === "toServer");
  }

  #pass(line: Line, direction: Direction, chunk: Buffer): void {
    const way = line[direction];
    const said = direction === "toServer" ? chunk.toString("latin1") : "";
    if (direction === "toServer" && this.keepsBack(said)) line.isHeld = true;
    if (direction === "toServer" && this.losesAnswer(said)) line.losesAnswer = true;
    if (direction === "toServer" && this.stallsAnswer(said)) line.toClient.from.pause();
    if (direction === "toClient" && line.losesAnswer) {
      if (chunk.includes(READY)) this.#end(line);
      return;
    }
    if (!this.#isOpen(line, direction)) way.kept.push(chunk);
    // Whoever does not read what is said keeps the other from saying more.
    else if (!way.to.write(chunk)) way.from.pause();
  }

  #flush(line: Line, way: Way): void {
    if (line.isDead) return;
    for (const chunk of way.kept.splice(0)) way.to.write(chunk);
    if (!way.hasEnded) return;
    way.to.end();
    way.isOver = true;
    if (line.toServer.isOver && line.toClient.isOver) this.#lines.delete(line);
  }

  #end(line: Line): void {
    line.toServer.from.destroy();
    line.toClient.from.destroy();
    this.#lines.delete(line);
  }
}
