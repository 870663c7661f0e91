import { createHmac, randomUUID } from "node:crypto";

export const TOPIC = "end_user.processed";
export const SECRET = "sec_0123456789abcdef0123456789abcdef";

/** The data of every event: about 400 bytes when it is sent. */
export function createData(n: number): Readonly<Record<string, unknown>> {
  return {
    end_user_id: `eus_${String(n).padStart(20, "0")}`,
    status: "processed",
    accounts: [{ id: "acc_8Kq2", balance: 1023.55, currency: "USD" }],
    note: "x".repeat(120),
  };
}

/** An event as an application without a sender would create it. */
export function createEventBody(n: number): Readonly<Record<string, unknown>> {
  const created = `${new Date().toISOString().slice(0, 19)}+00:00`;
  const id = `evt_${randomUUID().replaceAll("-", "")}`;
  return { topic: TOPIC, created, data: createData(n), meta: null, id };
}

/** The stored body of the events of filled stores. */
export const PENDING_BODY: string = JSON.stringify({
  topic: TOPIC,
  created: "2026-01-01T00:00:00+00:00",
  data: createData(0),
  meta: null,
  id: `evt_${"0".repeat(32)}`,
});

/** The headers that heron sends, created by hand. */
export function createSignedHeaders(body: Buffer, n: number): Record<string, string> {
  const at = String(Math.floor(Date.now() / 1000));
  const delivery = `dlv_01234567_${n.toString(36)}`;
  const standard = createHmac("sha256", SECRET).update(`${delivery}.${at}.`).update(body).digest("base64");
  return {
    "content-type": "application/json",
    "user-agent": "heron-webhooks",
    "heron-signature": createHmac("sha256", SECRET).update(body).digest("base64"),
    "webhook-id": delivery,
    "webhook-timestamp": at,
    "webhook-signature": `v1,${standard}`,
  };
}

/** Signs and posts an event with `fetch`, as competitors without a sender do. */
export async function postByFetch(
  url: string,
  event: Readonly<Record<string, unknown>>,
  n: number,
): Promise<void> {
  const body = Buffer.from(JSON.stringify(event));
  const response = await fetch(url, { method: "POST", headers: createSignedHeaders(body, n), body });
  // A connection is reused only after the response was read.
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`answered ${response.status}`);
}
