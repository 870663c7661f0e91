import { describe, expect, test } from "vitest";
import type { IncomingRequest } from "../../src/receiver/request.ts";
import { sign } from "../../src/signature/sign.ts";
import { createTestReceiver, EVENT, parseResponse, SECRET, signedRequestFor } from "../test-receiver.ts";

const BODY = JSON.stringify(EVENT);

function withHeaders(headers: unknown): IncomingRequest {
  return { ...signedRequestFor(), headers: headers as IncomingRequest["headers"] };
}

const signature = { "heron-signature": sign(BODY, SECRET) };

describe("headers as a serverless adapter or an own request may have them", () => {
  test.each<readonly [string, unknown, number]>([
    ["a number of bytes, as serverless-express has it", { ...signature, "content-length": BODY.length }, 200],
    ["a number over the limit", { ...signature, "content-length": 2 ** 21 }, 413],
    ["the names as they were sent", { "Heron-Signature": signature["heron-signature"] }, 200],
    ["a content-encoding in another case", { ...signature, "Content-Encoding": "gzip" }, 415],
    ["a content-length in another case", { ...signature, "Content-Length": String(2 ** 21) }, 413],
    ["a list of one", { "heron-signature": [signature["heron-signature"]] }, 200],
    ["a signature twice", { "heron-signature": [signature["heron-signature"], "x"] }, 401],
    ["a signature that is a number", { "heron-signature": 17 }, 401],
    ["null", { ...signature, "content-length": null, "content-encoding": null }, 200],
    ["a signature that is null", { "heron-signature": null }, 401],
    ["true", { ...signature, "content-length": true }, 200],
    ["an object", { ...signature, "content-length": {}, "content-encoding": { join: 1 } }, 200],
    ["a symbol", { ...signature, "content-encoding": Symbol("gzip") }, 200],
    ["a list of symbols", { ...signature, "content-encoding": [Symbol("gzip")] }, 200],
    ["a big integer", { ...signature, "content-length": 10n }, 200],
    ["a Map", new Map(Object.entries(signature)), 200],
    ["no headers at all", undefined, 401],
    ["null for headers", null, 401],
  ])("%s", async (_, headers, status) => {
    const { receiver, lines } = createTestReceiver();
    expect(parseResponse(await receiver.receive(withHeaders(headers))).status).toBe(status);
    expect(lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});
