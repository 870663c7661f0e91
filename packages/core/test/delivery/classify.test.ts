import { describe, expect, test } from "vitest";
import { type ClassifyOptions, classifyResponse } from "../../src/delivery/classify-response.ts";
import type { HttpResponse } from "../../src/delivery/http-response.ts";

const answer = (status: number, more: Partial<HttpResponse> = {}): HttpResponse => ({
  status,
  headers: {},
  body: "",
  receivedAt: 0,
  ...more,
});

/** The statuses from 100 to 599 by the kind of outcome that they have, as ranges. */
function kinds(policy: ClassifyOptions): Readonly<Record<string, string>> {
  const ranges: Record<string, string[]> = {};
  let open: [kind: string, from: number] | undefined;
  for (let status = 100; status <= 600; status++) {
    const kind = status === 600 ? "end" : classifyResponse(answer(status), policy).kind;
    if (kind === open?.[0]) continue;
    if (open !== undefined) {
      const [last, from] = open;
      ranges[last] = [...(ranges[last] ?? []), from === status - 1 ? `${from}` : `${from}-${status - 1}`];
    }
    open = [kind, status];
  }
  return Object.fromEntries(Object.entries(ranges).map(([kind, list]) => [kind, list.join(" ")]));
}

describe("every status", () => {
  const all = { retry: "100-199 300-409 411-599", delivered: "200-299", gone: "410" };

  test("is retried, unless it is 2xx or 410: the default, retry all", () => {
    expect(kinds({})).toEqual(all);
    expect(kinds({ retry: "all" })).toEqual(all);
    expect(kinds({ format: "heron", retry: undefined })).toEqual(all);
  });

  test("of which only 408, 425, 429 and 5xx pass by themselves: retry transient", () => {
    const transient = {
      retry: "408 425 429 500-599",
      delivered: "200-299",
      gone: "410",
      dead: "100-199 300-407 409 411-424 426-428 430-499",
    };
    expect(kinds({ retry: "transient" })).toEqual(transient);
    expect(kinds({ format: "heron", retry: "transient" })).toEqual(transient);
  });

  test("of Slack's is final but for those, whatever the policy", () => {
    const slack = {
      retry: "408 425 429 500-599",
      delivered: "200-299",
      gone: "410",
      dead: "100-199 300-407 409 411-424 426-428 430-499",
    };
    for (const retry of ["all", "transient"] as const)
      expect(kinds({ format: "slack", retry })).toEqual(slack);
  });
});

describe("the reason says what the status most often means", () => {
  test.each([
    [400, "answered 400, it could not read the body"],
    [401, "answered 401, invalid signature or credentials"],
    [403, "answered 403, forbidden"],
    [404, "answered 404, nothing is at this URL"],
    [405, "answered 405, POST is not allowed"],
    [408, "answered 408, timed out waiting for the body"],
    [410, "answered 410, the webhook is gone for good"],
    [413, "answered 413, the body is too large"],
    [415, "answered 415, JSON is not accepted"],
    [429, "answered 429, too many requests"],
    [300, "answered 300, redirects are not followed: give the URL that it leads to"],
    [301, "answered 301, redirects are not followed: give the URL that it leads to"],
    [399, "answered 399, redirects are not followed: give the URL that it leads to"],
    [500, "answered 500, the receiver's own failure"],
    [503, "answered 503, the receiver's own failure"],
    [418, "answered 418"],
    [199, "answered 199"],
  ])("%i: %s", (status, reason) => {
    for (const retry of ["all", "transient"] as const)
      expect(classifyResponse(answer(status, { body: "secret" }), { retry })).toMatchObject({ reason });
  });
});

test("Slack's body says more than its status, and only for Slack", () => {
  const revoked = answer(403, { body: "invalid_token" });
  expect(classifyResponse(revoked, { format: "slack" })).toEqual({
    kind: "gone",
    reason: "answered 403 invalid_token, the webhook's URL is wrong or was revoked",
  });
  expect(classifyResponse(revoked)).toMatchObject({ kind: "retry" });
  expect(classifyResponse(answer(200, { body: "no_service" }), { format: "slack" }).kind).toBe("gone");
  expect(classifyResponse(answer(200, { body: "no_service" })).kind).toBe("delivered");
});

describe("Retry-After", () => {
  const asked = { headers: { "retry-after": "30" } };

  test.each([
    ["on what is tried again", answer(503, asked), {}, 30_000],
    ["on 429", answer(429, asked), { retry: "transient" as const }, 30_000],
    ["of Slack's", answer(429, asked), { format: "slack" as const }, 30_000],
    ["of a redirect", answer(301, asked), {}, 30_000],
    ["zero", answer(503, { headers: { "retry-after": "0" } }), {}, 0],
    [
      "as a date, counted from when the answer came",
      answer(503, { headers: { "retry-after": "Thu, 01 Jan 1970 00:01:00 GMT" }, receivedAt: 20_000 }),
      {},
      40_000,
    ],
  ])("is taken %s", (_, given, policy, retryAfterMs) => {
    expect(classifyResponse(given, policy)).toMatchObject({ kind: "retry", retryAfterMs });
  });

  test("is ignored without a retry, and has no default", () => {
    expect(classifyResponse(answer(200, asked))).toEqual({ kind: "delivered" });
    expect(classifyResponse(answer(410, asked))).not.toHaveProperty("after");
    expect(classifyResponse(answer(404, asked), { retry: "transient" })).not.toHaveProperty("after");
    expect(classifyResponse(answer(503))).not.toHaveProperty("after");
    expect(classifyResponse(answer(503, { headers: { "retry-after": "soon" } }))).not.toHaveProperty("after");
  });
});
