import { createHmac } from "node:crypto";
import type { TestRequest } from "./http.ts";

export const SECRET = "sec_conformance-pYz4vJ3vJdXx0n9s";
export const PATH = "/webhooks/heron";

export function signBody(body: Uint8Array | string, secret: string = SECRET): string {
  return createHmac("sha256", secret).update(body).digest("base64");
}

let eventCount = 0;

/** An event as compact JSON, unique unless `fields` says otherwise. */
export function createEventBody(fields: object = {}): string {
  return JSON.stringify({
    topic: "end_user.processed",
    created: "2026-01-01T00:00:00+00:00",
    data: { heron_id: `eus_${++eventCount}` },
    meta: null,
    ...fields,
  });
}

/** A request that must be accepted. */
export function createSignedPost(
  body: string = createEventBody(),
  secret: string = SECRET,
): Required<TestRequest> {
  const headers = { "content-type": "application/json", "heron-signature": signBody(body, secret) };
  return { method: "POST", path: PATH, headers, body };
}
