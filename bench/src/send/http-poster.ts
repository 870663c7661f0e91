import { Pool } from "undici";
import { CONCURRENCY } from "./delivery-program.ts";
import { createSignedHeaders } from "./request.ts";

/** Signs and posts events to one origin with undici's Pool, like heron: one kept connection per concurrent request. */
export class HttpPoster {
  readonly #pool: Pool;

  constructor(origin: string) {
    this.#pool = new Pool(origin, { connections: CONCURRENCY, pipelining: 1 });
  }

  /** Returns whether the response was 200, after reading it. */
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

  /** @throws Error for another status */
  post(event: Readonly<Record<string, unknown>>, n: number): Promise<void> {
    return new Promise((resolve, reject) =>
      this.begin(event, n, (ok) => (ok ? resolve() : reject(new Error("not answered with 200")))),
    );
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
