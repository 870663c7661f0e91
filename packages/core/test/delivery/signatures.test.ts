import { getRuns } from "@heron-webhooks/conformance/runs";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { describe, expect, test, vi } from "vitest";
import { buildRequest, type OutgoingRequest } from "../../src/delivery/request.ts";
import { toStandardSecret } from "../../src/signature/secret.ts";
import { verify } from "../../src/signature/verify.ts";
import { compileTemplate } from "../../src/templates/compile.ts";
import { bytes, confusesKeys, SECRET } from "../test-receiver.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

// The libraries look at the clock: they take a time of five minutes around now.
const NOW = Date.now();
const OLD = "sec_test_old_fedcba9876543210";
const template = compileTemplate({ t: "{{ topic }}", d: "{{ data }}" });

function build(
  data: unknown,
  secrets: readonly string[] = [SECRET],
  now = NOW,
  id = "del_1",
): OutgoingRequest {
  const event = { topic: "invoice.paid", created: "2026-01-01T00:00:00+00:00", data, meta: null };
  return buildRequest({ event, webhook: { url: "https://e.com", secrets }, id, now });
}

const computeExpectedMac = (secret: string, text: Uint8Array): string =>
  Buffer.from(hmac(sha256, bytes(secret), text)).toString("base64");

const signedText = ({ headers, body }: OutgoingRequest): Uint8Array =>
  Buffer.concat([bytes(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`), body]);

describe("every body there is", () => {
  const anyData = fc.oneof(
    fc.jsonValue().filter((data) => !confusesKeys(data)),
    fc.string({ unit: "binary" }),
    fc.constant("\ud800"),
  );
  const anySecret = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 90 })
    .filter((text) => text.trim() !== "");

  test("is signed as an independent HMAC over its raw bytes signs it", () => {
    fc.assert(
      fc.property(anyData, anySecret, (data, secret) => {
        const request = build(data, [secret]);
        expect(request.headers["heron-signature"]).toBe(computeExpectedMac(secret, request.body));
        expect(request.headers["webhook-signature"]).toBe(
          `v1,${computeExpectedMac(secret, signedText(request))}`,
        );
      }),
      getRuns(500),
    );
  });

  test("is verified by the libraries of Standard Webhooks and of Svix, and by our receiver as it is", () => {
    fc.assert(
      fc.property(anyData, anySecret, (data, secret) => {
        const { headers, body } = build(data, [secret]);
        const text = Buffer.from(body).toString("utf8");
        const parsed = JSON.parse(text);
        expect(new StandardWebhook(toStandardSecret(secret)).verify(text, { ...headers })).toEqual(parsed);
        expect(() => new SvixWebhook(toStandardSecret(secret)).verify(text, { ...headers })).not.toThrow();
        expect(verify(body, headers["heron-signature"], secret).form).toBe("raw");
      }),
      getRuns(200),
    );
  });

  test("is rejected by those libraries if it, its id or its time is another", () => {
    const { headers, body } = build({ a: 1 });
    const text = Buffer.from(body).toString("utf8");
    for (const library of [
      new StandardWebhook(toStandardSecret(SECRET)),
      new SvixWebhook(toStandardSecret(SECRET)),
    ]) {
      expect(() => library.verify(`${text} `, { ...headers })).toThrow(/signature/i);
      expect(() => library.verify(text, { ...headers, "webhook-id": "del_2" })).toThrow(/signature/i);
      const later = String(Number(headers["webhook-timestamp"]) + 1);
      expect(() => library.verify(text, { ...headers, "webhook-timestamp": later })).toThrow(/signature/i);
    }
  });
});

describe("while a secret is rotated", () => {
  const request = build({ a: 1 }, [OLD, SECRET]);
  const text = Buffer.from(request.body).toString("utf8");

  test("Heron-Signature is made with the first, webhook-signature with each", () => {
    expect(request.headers["heron-signature"]).toBe(computeExpectedMac(OLD, request.body));
    expect(request.headers["webhook-signature"]).toBe(
      `v1,${computeExpectedMac(OLD, signedText(request))} v1,${computeExpectedMac(SECRET, signedText(request))}`,
    );
  });

  test.each([OLD, SECRET])("the libraries verify it with either: %s", (secret) => {
    expect(new StandardWebhook(toStandardSecret(secret)).verify(text, { ...request.headers })).toEqual(
      JSON.parse(text),
    );
    expect(() =>
      new SvixWebhook(toStandardSecret(secret)).verify(text, { ...request.headers }),
    ).not.toThrow();
  });
});

describe("at every attempt", () => {
  const attempts = [0, 5, 65, 365].map((seconds) => build({ a: "é" }, [SECRET], NOW + seconds * 1000));
  const values = (name: string): readonly unknown[] => attempts.map(({ headers }) => headers[name]);

  test("body, Heron-Signature and webhook-id are the same", () => {
    for (const { body } of attempts) expect(body).toEqual(attempts[0]?.body);
    for (const name of ["heron-signature", "webhook-id", "content-type"])
      expect(new Set(values(name)).size).toBe(1);
  });

  test("webhook-timestamp is the attempt's, in whole seconds, and webhook-signature made anew", () => {
    const first = Math.floor(NOW / 1000);
    expect(values("webhook-timestamp")).toEqual([first, first + 5, first + 65, first + 365].map(String));
    expect(new Set(values("webhook-signature")).size).toBe(4);
    expect(build({}, [SECRET], 1999).headers["webhook-timestamp"]).toBe("1");
  });

  test("a template gives the same bytes too", () => {
    const event = { topic: "a.b", created: "2026-01-01", data: { z: 1, a: [1.5, "é"] }, meta: null };
    const [one, other] = [NOW, NOW + 86_400_000].map((now) =>
      buildRequest({ event, webhook: { url: "https://e.com", secrets: [SECRET], template }, id: "d", now }),
    );
    expect(other?.body).toEqual(one?.body);
    expect(other?.headers["heron-signature"]).toBe(one?.headers["heron-signature"]);
  });
});

test("another delivery of the same event has another webhook-signature, and the same Heron-Signature", () => {
  const [one, other] = ["del_1", "del_2"].map((id) => build({}, [SECRET], NOW, id).headers);
  expect(other?.["heron-signature"]).toBe(one?.["heron-signature"]);
  expect(other?.["webhook-signature"]).not.toBe(one?.["webhook-signature"]);
});
