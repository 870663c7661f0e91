import { createHmac } from "node:crypto";
import type { SentRequest } from "./http.ts";

export const SECRET = "sec_conformance-pYz4vJ3vJdXx0n9s";
export const PATH = "/webhooks/heron";

export function signatureOf(body: Uint8Array | string, secret: string = SECRET): string {
  return createHmac("sha256", secret).update(body).digest("base64");
}

let events = 0;

/** An event as compact JSON; one like no other unless the fields given say otherwise. */
export function eventBody(fields: object = {}): string {
  return JSON.stringify({
    topic: "end_user.processed",
    created: "2026-01-01T00:00:00+00:00",
    data: { heron_id: `eus_${++events}` },
    meta: null,
    ...fields,
  });
}

/** A request that must be let in. */
export function signedPost(body: string = eventBody(), secret: string = SECRET): Required<SentRequest> {
  const headers = { "content-type": "application/json", "heron-signature": signatureOf(body, secret) };
  return { method: "POST", path: PATH, headers, body };
}
