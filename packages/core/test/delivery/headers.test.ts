import { describe, expect, test } from "vitest";
import { assertHeaders, assertSignatureHeader, type RequestHeaderMap } from "../../src/delivery/headers.ts";
import { catchHeronError } from "../test-receiver.ts";

const refused = (headers: RequestHeaderMap, signatureHeader?: string): string => {
  const { code, message } = catchHeronError(() => assertHeaders(headers, signatureHeader));
  expect(code).toBe("header_invalid");
  return message;
};

describe("a webhook may set any header", () => {
  test.each([
    "authorization",
    "Authorization",
    "X-Api-Key",
    "content-type",
    "content-encoding",
    "user-agent",
    "cookie",
    "accept",
    "heron-topic",
    "webhook",
    "x-webhook-id",
    "__proto__",
    "!#$%&'*+.^_`|~0aZ-",
    "x".repeat(200),
  ])("%s", (name) => {
    expect(() => assertHeaders(Object.fromEntries([[name, "value"]]))).not.toThrow();
  });

  test.each([
    "host",
    "connection",
    "keep-alive",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "proxy-connection",
    "heron-signature",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "webhook-anything",
  ])("but %s, in any case", (name) => {
    const upper = name.toUpperCase();
    expect(refused({ [name]: "x" })).toBe(`A header cannot be sent: ${name} is set by the sender itself.`);
    expect(refused({ [upper]: "x" })).toBe(`A header cannot be sent: ${upper} is set by the sender itself.`);
  });

  test("and but the one that the signature goes by", () => {
    expect(refused({ "X-Signature": "x" }, "x-signature")).toMatch(/X-Signature is set by the sender itself/);
    expect(refused({ "x-signature": "x" }, "X-Signature")).toMatch(/x-signature is set by the sender itself/);
    expect(refused({ "heron-signature": "x" }, "x-signature")).toMatch(/is set by the sender itself/);
  });
});

describe("a name is a token", () => {
  test.each(["", " ", "a b", "a:", "a\n", "é", "a/b", "(a)", '"a"', "x".repeat(201)])(
    "which %j is not",
    (name) => {
      expect(refused({ [name]: "x" })).toMatch(
        /^A header cannot be sent: ".*…? is not the name of a header\.$/,
      );
    },
  );

  test("and there once", () => {
    expect(refused({ "X-A": "1", "x-a": "2" })).toBe("A header cannot be sent: x-a is there twice.");
  });
});

describe("a value is text that a header can hold", () => {
  test.each(["", " ", "a b", "\t", "~", "\u00a0", "ÿ", "Bearer x.y-z", "x".repeat(8192)])("%j", (value) => {
    expect(() => assertHeaders({ a: value })).not.toThrow();
  });

  test.each<unknown>([
    ...["a\nb", "a\r\nb", "\u0000", "\u001f", "\u007f", "\u009f", "Ā", "😀", "x".repeat(8193)],
    ...[5, null, undefined, ["a"], true],
  ])("which %j is not, and it is not quoted", (value) => {
    expect(refused({ "X-A": value as string })).toBe(
      "A header cannot be sent: the value of X-A must be text of at most 8192 characters of Latin-1, without line breaks.",
    );
  });
});

test("at most 50 can be set", () => {
  const headers = (length: number): RequestHeaderMap =>
    Object.fromEntries(Array.from({ length }, (_, i) => [`x-${i}`, "v"]));
  expect(() => assertHeaders(headers(50))).not.toThrow();
  expect(refused(headers(51))).toBe("A header cannot be sent: at most 50 headers can be set, not 51.");
  expect(() => assertHeaders({})).not.toThrow();
});

describe("the header of the signature", () => {
  test.each(["heron-signature", "Heron-Signature", "x-signature", "X-Hub-Signature-256"])(
    "may be %s",
    (name) => {
      expect(() => assertSignatureHeader(name)).not.toThrow();
    },
  );

  test.each([
    ...["host", "Content-Length", "TE", "webhook-signature", "Webhook-Id"],
    ...["content-type", "Content-Encoding", "User-Agent", "Authorization"],
  ])("not %s, which means something else", (name) => {
    const { code, message } = catchHeronError(() => assertSignatureHeader(name));
    expect(code).toBe("header_invalid");
    expect(message).toBe(
      `A header cannot be sent: signatureHeader cannot be ${name}, which means something else.`,
    );
  });

  test.each(["", "a b", "a\n", "é"])("not %j, which is no name", (name) => {
    const { code, message } = catchHeronError(() => assertSignatureHeader(name));
    expect(code).toBe("header_invalid");
    expect(message).toMatch(/: signatureHeader must be the name of a header, not "/);
  });
});
