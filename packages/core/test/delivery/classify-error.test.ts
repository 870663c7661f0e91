import { describe, expect, test } from "vitest";
import { classifyResponse } from "../../src/delivery/classify-response.ts";
import { HeronError } from "../../src/errors.ts";

const coded = (code: unknown, message = ""): Error => Object.assign(new Error(message), { code });

describe("an error counts as a network error, and is retried", () => {
  test.each([
    ["its code and what it says", coded("ECONNRESET", "socket hang up"), "ECONNRESET: socket hang up"],
    [
      "a code once, if the message has it",
      coded("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1"),
      "connect ECONNREFUSED 127.0.0.1:1",
    ],
    ["a code alone", coded("ETIMEDOUT"), "ETIMEDOUT"],
    ["a message alone", new Error("broken"), "broken"],
    ["a code that is no text is none", coded(7, "broken"), "broken"],
    ["neither", new Error(), "no reason was given"],
    [
      "its cause, which says why",
      new TypeError("fetch failed", { cause: coded("ENOTFOUND", "getaddrinfo ENOTFOUND e.com") }),
      "getaddrinfo ENOTFOUND e.com",
    ],
    ["a cause's cause", new Error("a", { cause: new Error("b", { cause: new Error("c") }) }), "c"],
    ["a cause that is no error is none", new Error("a", { cause: "b" }), "a"],
    [
      "the first of several",
      new AggregateError([coded("ECONNREFUSED", "x"), coded("EHOSTUNREACH", "y")], "all"),
      "ECONNREFUSED: x",
    ],
    [
      "several within a cause",
      new TypeError("fetch failed", { cause: new AggregateError([new Error("x")]) }),
      "x",
    ],
    ["several that are none", new AggregateError([], "all failed"), "all failed"],
  ])("%s", (_, error, reason) => {
    for (const retry of ["all", "transient"] as const)
      expect(classifyResponse(error, { retry })).toEqual({ kind: "retry", reason });
    expect(classifyResponse(error, { format: "slack" })).toEqual({ kind: "retry", reason });
    expect(classifyResponse(error)).toEqual({ kind: "retry", reason });
  });
});

describe("a permanent error is retried only if all failures are", () => {
  test.each([
    ["CERT_HAS_EXPIRED", "certificate has expired"],
    ["CERT_NOT_YET_VALID", "not yet"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in chain"],
    ["UNABLE_TO_GET_ISSUER_CERT", "unable"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "one of the client's is asked for"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "the client's is not known"],
  ])("a certificate: %s", (code, message) => {
    const error = new TypeError("fetch failed", { cause: coded(code, message) });
    const reason = `${code}: ${message}`;
    expect(classifyResponse(error, { retry: "transient" })).toEqual({ kind: "dead", reason });
    expect(classifyResponse(error, { retry: "all" })).toEqual({ kind: "retry", reason });
  });

  test("one of the toolkit's own errors, whose message stands alone, wherever it is", () => {
    const own = new HeronError("address_forbidden", "This address is not public.", {
      cause: new Error("inner"),
    });
    for (const error of [own, new TypeError("fetch failed", { cause: own })]) {
      expect(classifyResponse(error, { retry: "transient" })).toEqual({ kind: "dead", reason: own.message });
      expect(classifyResponse(error)).toEqual({ kind: "retry", reason: own.message });
    }
  });

  test.each([
    "EPROTO",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "XCERT_HAS_EXPIRED",
    "cert_has_expired",
    "UND_ERR_CONNECT_TIMEOUT",
  ])("%s passes by itself", (code) => {
    expect(classifyResponse(coded(code, "x"), { retry: "transient" }).kind).toBe("retry");
  });
});

describe("the reason", () => {
  const reason = (message: string): string => {
    const outcome = classifyResponse(new Error(message));
    return outcome.kind === "delivered" ? "" : outcome.reason;
  };

  test("is one line, and nothing in it acts on a terminal", () => {
    expect(reason("a\nb\u001b[31m\u202ec")).toBe("a\\nb\\u001b[31m\\u202ec");
  });

  test("is at most 300 characters", () => {
    expect(reason("x".repeat(300))).toHaveLength(300);
    expect(reason("x".repeat(301))).toBe("x".repeat(300));
    expect(reason(`${"x".repeat(299)}😀`)).toBe("x".repeat(299));
  });

  test("of OpenSSL's line is what it says, without where in its source", () => {
    const line =
      "C0DC5AE7FA7F0000:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:" +
      "../deps/openssl/openssl/ssl/record/rec_layer_s3.c:916:SSL alert number 116\n";
    expect(reason(line)).toBe("tlsv13 alert certificate required");
    expect(reason(`write EPROTO ${line}`)).toBe("write EPROTO tlsv13 alert certificate required");
    expect(reason("an error: of another kind")).toBe("an error: of another kind");
  });

  test("ends where causes go round", () => {
    const error = new Error("round");
    error.cause = error;
    expect(classifyResponse(error)).toEqual({ kind: "retry", reason: "round" });
  });
});
