import { describe, expect, test } from "vitest";
import { readSignature } from "../../src/receiver/read-signature.ts";
import { getHeader, type RequestHeaders } from "../../src/receiver/request.ts";
import { ReceiverError } from "../../src/receiver/response.ts";
import { catchHeronError, signedRequestFor } from "../test-receiver.ts";

const signature = `${"A".repeat(43)}=`;
const read = (headers: RequestHeaders, method = "POST"): string =>
  readSignature({ ...signedRequestFor(), method, headers }, 100, "heron-signature");

test("a head that is right gives the signature", () => {
  expect(read({ "heron-signature": signature })).toBe(signature);
  expect(read(new Headers({ "Heron-Signature": signature }))).toBe(signature);
});

test.each(["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "post", ""])(
  "method %j is not allowed",
  (method) => {
    expect(catchHeronError(() => read({ "heron-signature": signature }, method)).code).toBe(
      "method_not_allowed",
    );
  },
);

describe("content-encoding", () => {
  test.each(["identity", "Identity", "IDENTITY", ""])("%j passes", (encoding) => {
    expect(read({ "heron-signature": signature, "content-encoding": encoding })).toBe(signature);
  });

  test.each(["gzip", "br", "deflate", "identity, gzip", "zstd", " "])("%j is refused", (encoding) => {
    const headers = { "heron-signature": signature, "content-encoding": encoding };
    expect(catchHeronError(() => read(headers)).code).toBe("encoding_unsupported");
  });
});

describe("content-length", () => {
  test.each(["0", "99", "100", "", "not a number"])("%j passes a limit of 100", (length) => {
    expect(read({ "heron-signature": signature, "content-length": length })).toBe(signature);
  });

  test.each(["101", "1e9", "99999999999999999999"])("%j does not", (length) => {
    const { code, message } = catchHeronError(() =>
      read({ "heron-signature": signature, "content-length": length }),
    );
    expect([code, message]).toEqual([
      "body_too_large",
      "The body is over the limit of 100 bytes (bodyLimit).",
    ]);
  });
});

test("content-type is ignored", () => {
  expect(read({ "heron-signature": signature, "content-type": "text/plain" })).toBe(signature);
});

test("a malformed signature is explained in a hint, a missing one is not", () => {
  const malformed = catchHeronError(() => read({ "heron-signature": `sha256=${signature}` }));
  expect(malformed.code).toBe("signature_malformed");
  expect(malformed instanceof ReceiverError && malformed.hint).toMatch(/has a prefix/);
  const leftOver = catchHeronError(() => read({ "heron-signature": `${"A".repeat(42)}B=` }));
  expect([leftOver.code, leftOver instanceof ReceiverError]).toEqual(["signature_malformed", false]);
  expect(catchHeronError(() => read({})).code).toBe("signature_missing");
});

test("a header that came twice is joined, and so rejected", () => {
  const twice = catchHeronError(() => read({ "heron-signature": [signature, signature] }));
  expect(twice instanceof ReceiverError && twice.hint).toMatch(/more than one signature header/);
});

test("headerOf reads either kind of headers", () => {
  expect(getHeader({ a: "1", b: ["2", "3"] }, "a")).toBe("1");
  expect(getHeader({ a: "1", b: ["2", "3"] }, "b")).toBe("2, 3");
  expect(getHeader({ a: undefined }, "a")).toBe(undefined);
  expect(getHeader({}, "a")).toBe(undefined);
  expect(getHeader(new Headers({ A: "1" }), "a")).toBe("1");
  expect(getHeader(new Headers(), "a")).toBe(undefined);
  expect(getHeader({ get: "a header of that name" }, "get")).toBe("a header of that name");
});
