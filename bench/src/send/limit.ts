import { createHmac, randomBytes } from "node:crypto";
import { Pool } from "undici";
import { dataOf, SECRET, SLOTS, type Subject, TOPIC } from "./subject.ts";

/** The limit: undici alone, signing and posting the same bytes under the same headers, and keeping nothing. */
export function limit(origin: string): Subject {
  const pool = new Pool(origin, { connections: SLOTS, pipelining: 1 });
  let running = false;
  let underWay = 0;
  let delivered = 0;
  let idle = (): void => {};
  let n = 0;

  const post = (): void => {
    const created = `${new Date().toISOString().slice(0, 19)}+00:00`;
    const id = `evt_${randomBytes(15).toString("base64url")}`;
    const body = Buffer.from(JSON.stringify({ topic: TOPIC, created, data: dataOf(n++), meta: null, id }));
    const at = String(Math.floor(Date.now() / 1000));
    const delivery = `dlv_${n.toString(36)}`;
    underWay++;
    pool.dispatch(
      {
        path: "/",
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "heron-webhooks",
          "heron-signature": createHmac("sha256", SECRET).update(body).digest("base64"),
          "webhook-id": delivery,
          "webhook-timestamp": at,
          "webhook-signature": `v1,${createHmac("sha256", SECRET).update(`${delivery}.${at}.`).update(body).digest("base64")}`,
        },
        body,
      },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData() {},
        onResponseEnd: () => ended(true),
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
    begin() {
      running = true;
      for (let i = 0; i < SLOTS; i++) post();
    },
    delivered: () => delivered,
    pause() {
      running = false;
      return new Promise((resolve) => {
        idle = resolve;
      });
    },
    close: () => pool.close(),
  };
}
