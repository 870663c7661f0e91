import { Pool } from "undici";
import { eventOf, signedHeaders } from "../request.ts";
import { SLOTS, type Subject, type SubjectOptions } from "../subject.ts";

/** The limit: undici alone, signing and posting the same bytes under the same headers, and keeping nothing. */
export async function limit({ origin }: SubjectOptions): Promise<Subject> {
  const pool = new Pool(origin, { connections: SLOTS, pipelining: 1 });
  let running = false;
  let underWay = 0;
  let delivered = 0;
  let idle = (): void => {};
  let n = 0;

  const post = (): void => {
    const body = Buffer.from(JSON.stringify(eventOf(n)));
    underWay++;
    let status = 0;
    pool.dispatch(
      { path: "/", method: "POST", headers: signedHeaders(body, n++), body },
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
  };
  const ended = (ok: boolean): void => {
    underWay--;
    if (ok) delivered++;
    if (running) post();
    else if (underWay === 0) idle();
  };
  return {
    emits: null,
    begin() {
      running = true;
      for (let i = 0; i < SLOTS; i++) post();
    },
    delivered: () => delivered,
    pause() {
      running = false;
      return new Promise((resolve) => {
        idle = resolve;
        if (underWay === 0) resolve();
      });
    },
    close: () => pool.close(),
  };
}
