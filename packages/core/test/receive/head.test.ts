import { describe, expect, test } from "vitest";
import { readHead } from "../../src/receive/head.ts";
import { Refusal } from "../../src/receive/reply.ts";
import { headerOf, type RequestHeaders } from "../../src/receive/request.ts";
import { failureOf, request } from "../help.ts";

const signature = `${"A".repeat(43)}=`;
const read = (headers: RequestHeaders, method = "POST"): string =>
  readHead({ ...request(), method, headers }, 100, "heron-signature");

test("a head that is right gives the signature", () => {
  expect(read({ "heron-signature": signature })).toBe(signature);
  expect(read(new Headers({ "Heron-Signature": signature }))).toBe(signature);
});

test.each(["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "post", ""])(
  "method %j is not allowed",
  (method) => {
    expect(failureOf(() => read({ "heron-signature": signature }, method)).code).toBe("method_not_allowed");
  },
);

describe("content-encoding", () => {
  test.each(["identity", "Identity", "IDENTITY", ""])("%j passes", (encoding) => {
    expect(read({ "heron-signature": signature, "content-encoding": encoding })).toBe(signature);
  });

  test.each(["gzip", "br", "deflate", "identity, gzip", "zstd", " "])("%j is refused", (encoding) => {
    const headers = { "heron-signature": signature, "content-encoding": encoding };
    expect(failureOf(() => read(headers)).code).toBe("encoding_unsupported");
  });
});

describe("content-length", () => {
  test.each(["0", "99", "100", "", "not a number"])("%j passes a limit of 100", (length) => {
    expect(read({ "heron-signature": signature, "content-length": length })).toBe(signature);
  });

  test.each(["101", "1e9", "99999999999999999999"])("%j does not", (length) => {
    const { code, message } = failureOf(() =>
      read({ "heron-signature": signature, "content-length": length }),
    );
    expect([code, message]).toEqual([
      "body_too_large",
      "The body is over the limit of 100 bytes (bodyLimit).",
    ]);
  });
});

test("content-type is not looked at", () => {
  expect(read({ "heron-signature": signature, "content-type": "text/plain" })).toBe(signature);
});

test("a malformed signature is explained in a hint, a missing one is not", () => {
  const malformed = failureOf(() => read({ "heron-signature": `sha256=${signature}` }));
  expect(malformed.code).toBe("signature_malformed");
  expect(malformed instanceof Refusal && malformed.hint).toMatch(/has a prefix/);
  const leftOver = failureOf(() => read({ "heron-signature": `${"A".repeat(42)}B=` }));
  expect([leftOver.code, leftOver instanceof Refusal]).toEqual(["signature_malformed", false]);
  expect(failureOf(() => read({})).code).toBe("signature_missing");
});

test("a header that came twice is joined, and so refused", () => {
  const twice = failureOf(() => read({ "heron-signature": [signature, signature] }));
  expect(twice instanceof Refusal && twice.hint).toMatch(/more than one signature header/);
});

test("headerOf reads either kind of headers", () => {
  expect(headerOf({ a: "1", b: ["2", "3"] }, "a")).toBe("1");
  expect(headerOf({ a: "1", b: ["2", "3"] }, "b")).toBe("2, 3");
  expect(headerOf({ a: undefined }, "a")).toBe(undefined);
  expect(headerOf({}, "a")).toBe(undefined);
  expect(headerOf(new Headers({ A: "1" }), "a")).toBe("1");
  expect(headerOf(new Headers(), "a")).toBe(undefined);
  expect(headerOf({ get: "a header of that name" }, "get")).toBe("a header of that name");
});
