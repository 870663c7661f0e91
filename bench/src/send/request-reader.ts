const EMPTY = Buffer.alloc(0);

/** Parses requests with a Content-Length from one connection. */
export class RequestReader {
  readonly #onRequest: (path: string, body: Buffer, size: number) => void;
  #rest: Buffer = EMPTY;

  /** `onRequest` gets the path, the body, and the total size of each request. */
  constructor(onRequest: (path: string, body: Buffer, size: number) => void) {
    this.#onRequest = onRequest;
  }

  push(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = data.indexOf("\r\n\r\n");
      if (end < 0) break;
      const head = data.toString("latin1", 0, end);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      if (length === undefined) throw new Error(`a request without a Content-Length: ${head}`);
      const size = end + 4 + Number(length);
      if (data.length < size) break;
      this.#onRequest(head.split(" ", 2)[1] ?? "", data.subarray(end + 4, size), size);
      data = data.subarray(size);
    }
    this.#rest = data;
  }
}
