import { describe, expect, test } from "vitest";
import { HeronError } from "../../src/errors.ts";
import {
  createDuplicateResponse,
  createErrorResponse,
  createHandledResponse,
  getStatus,
  ReceiverError,
  type ReceiverErrorCode,
} from "../../src/receiver/response.ts";

const STATUSES: { readonly [Code in ReceiverErrorCode]: number } = {
  method_not_allowed: 405,
  encoding_unsupported: 415,
  body_too_large: 413,
  body_timeout: 408,
  body_aborted: 400,
  body_already_consumed: 500,
  signature_missing: 401,
  signature_malformed: 401,
  signature_mismatch: 401,
  event_stale: 401,
  secret_unavailable: 503,
  invalid_json: 400,
  invalid_event: 400,
  schema_mismatch: 400,
  duplicate_in_progress: 409,
  dedupe_unavailable: 503,
  handler_failed: 500,
  handler_retry: 503,
  handler_timeout: 503,
  closed: 503,
};
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
const EXTRA: { readonly [status: number]: Readonly<Record<string, string>> } = {
  401: { "www-authenticate": "Heron-Signature" },
  405: { allow: "POST" },
  415: { "accept-encoding": "identity" },
};

describe.each(Object.entries(STATUSES) as [ReceiverErrorCode, number][])("%s", (code, status) => {
  const error = new HeronError(code, "a message with private things", { cause: new Error("below") });
  const word = status === 401 ? "unauthorized" : code;

  test(`gets ${status}, its headers, and nothing of its message`, () => {
    expect(getStatus(error)).toBe(status);
    expect(createErrorResponse(error, undefined, false)).toEqual({
      status,
      headers: { ...JSON_TYPE, ...EXTRA[status] },
      body: `{"error":"${word}"}`,
    });
  });

  test("closes the connection only on request, and has an id only if given", () => {
    expect(createErrorResponse(error, "4711", true)).toEqual({
      status,
      headers: { ...JSON_TYPE, ...EXTRA[status], connection: "close" },
      body: `{"error":"${word}","id":"4711"}`,
    });
  });
});

test("401 has one body for every reason", () => {
  const responses = (Object.keys(STATUSES) as ReceiverErrorCode[])
    .filter((code) => STATUSES[code] === 401)
    .map((code) => createErrorResponse(new HeronError(code, code), undefined, false));
  expect(responses).toHaveLength(4);
  expect(new Set(responses.map((response) => JSON.stringify(response))).size).toBe(1);
});

test.each(["store_full", "option_invalid", "tx_unsupported"] as const)(
  "a failure that no request brings about, %s, is a 500",
  (code) => {
    expect(getStatus(new HeronError(code, "x"))).toBe(500);
  },
);

test("a code that an object would inherit is a 500", () => {
  // @ts-expect-error what another version's error may carry
  expect(getStatus(new HeronError("toString", "x"))).toBe(500);
});

describe("retry-after", () => {
  const after = (retryAfter: number | undefined): string | undefined =>
    createErrorResponse(new ReceiverError("handler_retry", "x", { retryAfter }), undefined, false).headers[
      "retry-after"
    ];

  test.each([
    [0, "1"],
    [1, "1"],
    [1000, "1"],
    [1001, "2"],
    [2000, "2"],
    [90_500, "91"],
  ])("%i ms is said in whole seconds, rounded up, at least one: %s", (ms, seconds) => {
    expect(after(ms)).toBe(seconds);
  });

  test("is left out where nothing is known", () => {
    expect(after(undefined)).toBe(undefined);
    expect(createErrorResponse(new ReceiverError("closed", "x", {}), undefined, false).headers).toEqual(
      JSON_TYPE,
    );
  });
});

test("a rejection is an error of the toolkit, with its cause and hint", () => {
  const cause = new Error("below");
  const refusal = new ReceiverError("signature_malformed", "It is malformed.", {
    hint: "Sign again.",
    cause,
  });
  expect(HeronError.is(refusal, "signature_malformed")).toBe(true);
  expect(refusal).toMatchObject({ message: "It is malformed.", hint: "Sign again.", cause });
  expect(refusal.retryAfterMs).toBe(undefined);
});

test("what is well is said with 200", () => {
  expect(createHandledResponse()).toEqual({ status: 200, headers: JSON_TYPE, body: '{"ok":true}' });
  expect(createDuplicateResponse()).toEqual({
    status: 200,
    headers: JSON_TYPE,
    body: '{"ok":true,"duplicate":true}',
  });
});
