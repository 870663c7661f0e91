import { describe, expect, test } from "vitest";
import { buildRequest, type OutgoingRequest, type RequestInput } from "../../src/delivery/request.ts";
import { encodeEvent, type WebhookEvent } from "../../src/event.ts";
import { createSlackMessage } from "../../src/slack/message.ts";
import { compileSlackTemplate } from "../../src/slack/template.ts";
import { toWorkflowVariables } from "../../src/slack/workflow.ts";
import { compileTemplate } from "../../src/templates/compile.ts";
import { bytes, catchHeronError, SECRET } from "../test-receiver.ts";

const EVENT: WebhookEvent = {
  topic: "invoice.paid",
  created: "2026-01-01T00:00:00+00:00",
  data: { name: "Zoë <&>" },
  meta: { source: "api" },
  id: "evt_1",
};
const URL = "https://example.com/hooks";
const NOW = Date.UTC(2026, 0, 1);

function build(
  webhook: Partial<RequestInput["webhook"]> = {},
  more: Partial<RequestInput> = {},
): OutgoingRequest {
  return buildRequest({
    event: EVENT,
    webhook: { url: URL, secrets: [SECRET], ...webhook },
    id: "del_1",
    now: NOW,
    ...more,
  });
}

const getBody = (request: OutgoingRequest): unknown => JSON.parse(Buffer.from(request.body).toString("utf8"));

test("a request is a POST of the event, signed", () => {
  expect(build()).toEqual({
    method: "POST",
    url: URL,
    headers: {
      "content-type": "application/json",
      "user-agent": "heron-webhooks",
      "heron-signature": expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      "webhook-id": "del_1",
      "webhook-timestamp": "1767225600",
      "webhook-signature": expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    },
    body: expect.anything(),
  });
  expect(Buffer.from(build().body).toString("utf8")).toBe(
    '{"topic":"invoice.paid","created":"2026-01-01T00:00:00+00:00","data":{"name":"Zoë <&>"},"meta":{"source":"api"},"id":"evt_1"}',
  );
});

describe("a template makes the body, to the byte", () => {
  const json = { t: "{{ topic }}", c: "{{ created }}", i: "{{ id }}", d: "{{ data.name }}", m: "{{ meta }}" };

  test("from the event, the user and the webhook's id", () => {
    const template = compileTemplate({ ...json, u: "{{ user.plan }}", w: "{{ webhook.id }}" });
    const text = template.renderText({ ...EVENT, user: { plan: "pro" }, webhook: { id: "wh_1" } });
    expect(build({ template, id: "wh_1" }, { user: { plan: "pro" } }).body).toEqual(bytes(text));
    expect(getBody(build({ template, id: "wh_1" }, { user: { plan: "pro" } }))).toEqual({
      t: "invoice.paid",
      c: "2026-01-01T00:00:00+00:00",
      i: "evt_1",
      d: "Zoë <&>",
      m: { source: "api" },
      u: "pro",
      w: "wh_1",
    });
  });

  test("without user or id they are null", () => {
    const template = compileTemplate({ u: "{{ user }}", w: "{{ webhook.id }}" }, { missing: "error" });
    expect(getBody(build({ template }))).toEqual({ u: null, w: null });
    expect(getBody(build({ template }, { user: null }))).toEqual({ u: null, w: null });
  });

  test("what an event carries besides does not stand in for them", () => {
    const template = compileTemplate({ u: "{{ user }}", w: "{{ webhook.id }}" });
    const event = { ...EVENT, user: "x", webhook: { id: "x" } };
    expect(getBody(build({ template, id: "wh_1" }, { event }))).toEqual({ u: null, w: "wh_1" });
  });

  test("what it throws is thrown", () => {
    const template = compileTemplate("{{ data.absent }}", { missing: "error" });
    expect(catchHeronError(() => build({ template })).code).toBe("template_missing");
  });
});

describe("Slack's requests carry no signature and need no secret", () => {
  const plain = { "content-type": "application/json", "user-agent": "heron-webhooks" };

  test("a message", () => {
    const request = build({ format: "slack", secrets: undefined });
    expect(request.headers).toEqual(plain);
    expect(getBody(request)).toEqual(createSlackMessage(EVENT));
    expect(build({ format: "slack" }).headers).toEqual(plain);
  });

  test("the variables of a workflow", () => {
    const request = build({ format: "slack-workflow", secrets: [] });
    expect(request.headers).toEqual(plain);
    expect(getBody(request)).toEqual(toWorkflowVariables(EVENT));
  });

  test("a custom message", () => {
    const template = compileSlackTemplate("Paid by {{ data.name }}");
    const request = build({ format: "slack", template, headers: { "X-A": "1" } });
    expect(request.headers).toEqual({ ...plain, "X-A": "1" });
    expect(getBody(request)).toEqual({ text: "Paid by Zoë &lt;&amp;&gt;" });
  });

  test.each(["slack", "slack-workflow"] as const)("%s: what is no JSON is invalid_event", (format) => {
    const data: Record<string, unknown> = {};
    data["self"] = data;
    expect(catchHeronError(() => build({ format }, { event: { ...EVENT, data } })).code).toBe(
      "invalid_event",
    );
  });
});

describe("custom headers", () => {
  test("go out as they are written, and win over content-type and user-agent", () => {
    const headers = {
      "Content-Type": "application/cloudevents+json",
      "USER-AGENT": "mine",
      Authorization: "Basic x",
    };
    const {
      "heron-signature": _,
      "webhook-id": __,
      "webhook-timestamp": ___,
      "webhook-signature": ____,
      ...rest
    } = build({ headers }).headers;
    expect(rest).toEqual(headers);
    expect(build({ headers: { "content-type": "text/plain" } }).headers["content-type"]).toBe("text/plain");
  });

  test.each([{ host: "x" }, { "Heron-Signature": "x" }, { "webhook-id": "x" }, { a: "\n" }])(
    "that may not be set are header_invalid: %j",
    (headers) => {
      expect(catchHeronError(() => build({ headers: { ...headers } })).code).toBe("header_invalid");
    },
  );

  test("may not be the header of the signature, which may be renamed", () => {
    const { headers } = build({ signatureHeader: "X-Signature" });
    expect(headers["X-Signature"]).toBe(build().headers["heron-signature"]);
    expect(headers).not.toHaveProperty("heron-signature");
    const both = { signatureHeader: "X-Signature", headers: { "x-signature": "x" } };
    expect(catchHeronError(() => build(both)).code).toBe("header_invalid");
    expect(catchHeronError(() => build({ signatureHeader: "webhook-signature" })).code).toBe(
      "header_invalid",
    );
  });
});

describe("the id of the delivery", () => {
  test.each(["a", "0", "_", "-", "x".repeat(128), "01890a5d-ac96-774b-bcce-b302099a8057"])(
    "may be %s",
    (id) => {
      expect(build({}, { id }).headers["webhook-id"]).toBe(id);
    },
  );

  test.each(["", "a.b", "a b", "a\n", "é", "x".repeat(129)])("may not be %j", (id) => {
    const { code, message } = catchHeronError(() => build({}, { id }));
    expect(code).toBe("option_invalid");
    expect(message).toMatch(/^id must be 1 to 128 of A-Z, a-z, 0-9, _ and -; it is "/);
  });
});

describe("rejections", () => {
  test.each([
    [undefined, "secret_missing"],
    [[], "secret_missing"],
    [[""], "secret_invalid"],
    [[SECRET, " "], "secret_invalid"],
  ])("secrets %j: %s", (secrets, code) => {
    expect(catchHeronError(() => build({ secrets })).code).toBe(code);
  });

  test("a body is at most 256 KiB, whatever makes it", () => {
    const LIMIT = 256 * 1024;
    const room = LIMIT - encodeEvent({ ...EVENT, data: "" }).byteLength;
    expect(build({}, { event: { ...EVENT, data: "x".repeat(room) } }).body).toHaveLength(LIMIT);
    const { code, message } = catchHeronError(() =>
      build({}, { event: { ...EVENT, data: "x".repeat(room + 1) } }),
    );
    expect([code, message]).toEqual([
      "event_too_large",
      `The body has ${LIMIT + 1} bytes; the limit is ${LIMIT}. Send less, or a URL to fetch the rest.`,
    ]);
    const template = { renderText: () => "é".repeat(LIMIT / 2 + 1) };
    expect(catchHeronError(() => build({ template })).code).toBe("event_too_large");
  });

  test("an event that cannot be written is invalid_event", () => {
    expect(catchHeronError(() => build({}, { event: { ...EVENT, data: 1n } })).code).toBe("invalid_event");
  });
});
