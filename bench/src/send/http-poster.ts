import { Pool } from "undici";
import { CONCURRENCY } from "./delivery-program.ts";
import { createSignedHeaders } from "./request.ts";

/** Signs and posts events to one origin by undici's own interface, as heron does: one connection for each slot, kept. */
export class HttpPoster {
  readonly #pool: Pool;

  constructor(origin: string) {
    this.#pool = new Pool(origin, { connections: CONCURRENCY, pipelining: 1 });
  }

  /** Says whether it was answered with 200, when the answer has been read. */
  begin(event: Readonly<Record<string, unknown>>, n: number, ended: (ok: boolean) => void): void {
    const body = Buffer.from(JSON.stringify(event));
    let status = 0;
    this.#pool.dispatch(
      { path: "/", method: "POST", headers: createSignedHeaders(body, n), body },
      {
        onRequestStart() {},
        onResponseStart(_, code) {
          status = code;
        },
        onResponseData() {},
        onResponseEnd: () => ended(status === 200),
        onResponseError: () => ended(false),
      },
    );
  }

  /** @throws Error that it was answered otherwise */
  post(event: Readonly<Record<string, unknown>>, n: number): Promise<void> {
    return new Promise((resolve, reject) =>
      this.begin(event, n, (ok) => (ok ? resolve() : reject(new Error("not answered with 200")))),
    );
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
