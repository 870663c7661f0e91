import { createHmac } from "node:crypto";
import { toStandardSecret } from "@heron-webhooks/core";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { expect } from "vitest";
import type { ReceivedRequest } from "./runner/servers/receiver.ts";

/**
 * Holds a request's signatures to an HMAC over the bytes that came, and has the published libraries of Standard
 * Webhooks and of Svix verify it. Its body.
 */
export function expectSigned({ headers, body }: ReceivedRequest, secret: string): unknown {
  const mac = (bytes: string | Buffer): string => createHmac("sha256", secret).update(bytes).digest("base64");
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  const [id, time] = [String(headers["webhook-id"]), String(headers["webhook-timestamp"])];
  expect(headers["heron-signature"]).toBe(mac(body));
  expect(headers["webhook-signature"]).toBe(`v1,${mac(`${id}.${time}.${text}`)}`);
  const parsed = JSON.parse(text) as unknown;
  const given = headers as Record<string, string>;
  expect(new StandardWebhook(toStandardSecret(secret)).verify(text, given)).toEqual(parsed);
  expect(() => new SvixWebhook(toStandardSecret(secret)).verify(text, given)).not.toThrow();
  return parsed;
}
