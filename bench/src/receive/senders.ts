import { createHmac } from "node:crypto";
import { sign } from "@heron-webhooks/core";
import { Stripe } from "stripe";
import { buildEvents, SECRET } from "./events.ts";
import { PATH } from "./servers/shared.ts";

/** The signature schemes of receivers. */
export type Scheme = "heron" | "github" | "stripe";

const event = buildEvents(512);
const { webhooks } = new Stripe("sk_test_none");

let events = 0;

/** Creates requests signed by `scheme`. Each has a unique event. */
export function createRequestFactory(scheme: Scheme, port: number): () => Buffer {
  return () => {
    const body = event(events++);
    const head = [
      `POST ${PATH} HTTP/1.1`,
      `host: 127.0.0.1:${port}`,
      "user-agent: bench",
      "content-type: application/json",
      ...SCHEME_HEADERS[scheme](body, events),
      `content-length: ${body.length}`,
    ];
    return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
  };
}

const SCHEME_HEADERS: { readonly [S in Scheme]: (body: Uint8Array, number: number) => string[] } = {
  heron: (body) => [`heron-signature: ${sign(body, SECRET)}`],
  github: (body, number) => [
    "x-github-event: push",
    `x-github-delivery: 72d3162e-cc78-11e3-81ab-${String(number).padStart(12, "0")}`,
    `x-hub-signature-256: sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
  ],
  stripe: (body) => {
    const payload = Buffer.from(body).toString("utf8");
    return [`stripe-signature: ${webhooks.generateTestHeaderString({ payload, secret: SECRET })}`];
  },
};
