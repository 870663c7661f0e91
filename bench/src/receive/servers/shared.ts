import { createHmac, timingSafeEqual } from "node:crypto";
import { SECRET } from "../events.ts";

export { announce } from "../../server/announce.ts";
export { SECRET } from "../events.ts";

export const PATH = "/webhooks/heron";

/** The result of the handler. */
export const handledCount: { event: unknown } = { event: null };

/** A minimal handler, so that the receiver dominates the measurement. */
export async function handleEvent(event: unknown): Promise<void> {
  handledCount.event = event;
}

/** The manual check of Heron's documentation. */
export function verifyByHand(body: Buffer, signature: string | string[] | undefined): boolean {
  if (typeof signature !== "string") return false;
  const expected = createHmac("sha256", SECRET).update(body).digest();
  const given = Buffer.from(signature, "base64");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
