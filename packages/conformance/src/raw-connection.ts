import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Deferred, deferred } from "./deferred.ts";

export interface RawResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A raw connection: sends any bytes and parses responses itself. */
export class RawConnection implements AsyncDisposable {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #ended = false;
  #changed: Deferred = deferred();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#notify();
    });
    // A server that closes with unread bytes resets the connection, which counts as its end.
    socket.on("error", () => {});
    for (const event of ["end", "close"] as const)
      socket.on(event, () => {
        this.#ended = true;
        this.#notify();
      });
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    await once(socket, "connect");
    socket.setNoDelay(true);
    return new RawConnection(socket);
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /**
   * Writes until the server responds, closes or has everything. Returns the bytes written.
   * Checks for a response between writes: a write to a closed connection would lose it.
   */
  async writeUntilResponse(piece: Uint8Array, times: number): Promise<number> {
    let sent = 0;
    for (; sent < times && this.#received.length === 0 && !this.#ended; sent++) {
      const hasCapacity = this.#socket.write(piece);
      if (!hasCapacity)
        await Promise.race([once(this.#socket, "drain").catch(() => {}), this.#changed.promise]);
      await new Promise(setImmediate);
    }
    return sent * piece.length;
  }

  /** Half-closes the connection: responses can still be read. */
  end(): void {
    this.#socket.end();
  }

  /** Resets the connection, which the server cannot mistake for its end. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Reads the next response; skips 1xx. */
  async readResponse(method = "POST"): Promise<RawResponse> {
    for (;;) {
      const response = this.#takeResponse(method);
      if (response !== null && response.status >= 200) return response;
      if (response !== null) continue;
      if (this.#ended)
        throw new Error(
          `the connection ended instead of a response, after ${JSON.stringify(this.#received.toString("latin1"))}`,
        );
      await this.#changed.promise;
    }
  }

  /** Resolves to the unread bytes when the server has ended the connection. */
  async waitForEnd(): Promise<string> {
    while (!this.#ended) await this.#changed.promise;
    return this.#received.toString("latin1");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.closed) return;
    this.#socket.destroy();
    await once(this.#socket, "close");
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = deferred();
  }

  #takeResponse(method: string): RawResponse | null {
    const text = this.#received.toString("latin1");
    const head = text.indexOf("\r\n\r\n");
    if (head < 0) return null;
    const [first = "", ...lines] = text.slice(0, head).split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
    if (Number.isNaN(status)) throw new Error(`not a response: ${JSON.stringify(first)}`);
    const headers = new Map(
      lines.map((line) => [
        line.slice(0, line.indexOf(":")).toLowerCase(),
        line.slice(line.indexOf(":") + 1).trim(),
      ]),
    );
    const bodyless = method === "HEAD" || status < 200 || status === 204 || status === 304;
    const chunked = headers.get("transfer-encoding") === "chunked";
    const end = chunked
      ? text.indexOf("0\r\n\r\n", head + 4) + 5
      : head + 4 + (bodyless ? 0 : getContentLength(headers));
    if (text.length < end || (chunked && end < head + 9)) return null;
    this.#received = this.#received.subarray(end);
    return { status, headers, body: text.slice(head + 4, end) };
  }
}

/** Node's parser responds without a length, and closes. */
function getContentLength(headers: ReadonlyMap<string, string>): number {
  return Number(headers.get("content-length") ?? 0);
}
