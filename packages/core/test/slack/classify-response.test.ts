import { describe, expect, test } from "vitest";
import { classifySlackResponse } from "../../src/slack/classify-response.ts";

const SAYS = {
  invalid_payload: ["dead", "the message is not JSON that Slack can read"],
  invalid_blocks: ["dead", "a block breaks one of Block Kit's rules or limits"],
  invalid_blocks_format: ["dead", "blocks is not a list of blocks"],
  no_text: ["dead", "the message has no text"],
  missing_text: ["dead", "the message has no text"],
  missing_text_or_fallback_or_attachments: ["dead", "the message has no text"],
  too_many_attachments: ["dead", "the message has more than 100 attachments"],
  user_not_found: ["dead", "the user it is for does not exist"],
  channel_not_found: ["dead", "the channel does not exist, or a webhook may not choose its channel"],
  action_prohibited: ["dead", "an administrator of the workspace forbids it"],
  posting_to_general_channel_denied: ["dead", "an administrator forbids posting to #general"],
  channel_is_archived: ["gone", "the channel is archived"],
  invalid_token: ["gone", "the webhook's URL is wrong or was revoked"],
  no_active_hooks: ["gone", "the webhook is disabled"],
  no_service: ["gone", "the webhook was removed or disabled, or its URL is wrong"],
  no_service_id: ["gone", "the URL's part that begins with B is wrong or missing"],
  no_team: ["gone", "the workspace does not exist"],
  team_disabled: ["gone", "the workspace is no longer active"],
  rollup_error: ["retry", "Slack's own failure"],
  rate_limited: ["retry", "more than one message a second"],
  ratelimited: ["retry", "more than one message a second"],
} as const;

describe.each(Object.entries(SAYS))("%s is %s", (code, [kind, meaning]) => {
  test.each([200, 400, 403, 404, 410, 429, 500])("whatever the status: %i", (status) => {
    const outcome = { kind, reason: `answered ${status} ${code}, ${meaning}` };
    expect(classifySlackResponse(status, code)).toEqual(outcome);
    expect(classifySlackResponse(status, `\n${code}\r\n`)).toEqual(outcome);
    expect(classifySlackResponse(status, JSON.stringify({ ok: false, error: code }))).toEqual(outcome);
  });
});

describe("a body that says nothing that is known leaves it to the status", () => {
  test.each(["", "ok", "success", "<b>", '{"ok":true}', "constructor", "__proto__", "{", "[1]", "null"])(
    "%j",
    (body) => {
      const kinds = Array.from({ length: 500 }, (_, i) => classifySlackResponse(100 + i, body).kind);
      const expected = Array.from({ length: 500 }, (_, i) => {
        const status = 100 + i;
        if (status >= 200 && status < 300) return "delivered";
        if (status === 410) return "gone";
        return [408, 425, 429].includes(status) || status >= 500 ? "retry" : "dead";
      });
      expect(kinds).toEqual(expected);
    },
  );

  test("only ok is a success: a page, a rejection and an unknown code are not delivered", () => {
    for (const page of ["<!DOCTYPE html><p>Log in", "\n<html>no_service</html>", "<HEAD>"])
      expect(classifySlackResponse(200, page)).toEqual({
        kind: "retry",
        reason: 'answered 200 with an HTML page, not "ok"',
      });
    for (const body of ['{"success":false}', '{"ok":false}'])
      expect(classifySlackResponse(200, body)).toEqual({ kind: "dead", reason: "answered 200" });
    expect(classifySlackResponse(200, "some_new_code")).toEqual({
      kind: "dead",
      reason: "answered 200 some_new_code",
    });
  });

  test("of JSON that is broken nothing is said", () => {
    expect(classifySlackResponse(500, '{"ok":fal')).toEqual({ kind: "retry", reason: "answered 500" });
  });

  test("the reason names a code that is not known, and nothing else of the body", () => {
    expect(classifySlackResponse(418, "some_new_code")).toEqual({
      kind: "dead",
      reason: "answered 418 some_new_code",
    });
    for (const body of [
      "No such hook",
      "<b>x</b>",
      "x",
      "a".repeat(81),
      "Invalid_token",
      "a1",
      "_a",
      "no_service!",
    ])
      expect(classifySlackResponse(404, body)).toEqual({ kind: "dead", reason: "answered 404" });
    expect(
      classifySlackResponse(404, "a".repeat(80)).kind === "dead" &&
        classifySlackResponse(404, "a".repeat(80)),
    ).toEqual({
      kind: "dead",
      reason: `answered 404 ${"a".repeat(80)}`,
    });
  });
});

describe("a workflow's trigger answers JSON", () => {
  test.each([
    [200, '{"ok":true}', { kind: "delivered" }],
    [202, ' {"ok":true}\n', { kind: "delivered" }],
    [200, "{}", { kind: "delivered" }],
    [200, '{"ok":"false"}', { kind: "delivered" }],
    [200, '{"error":"later"}', { kind: "delivered" }],
    [200, '{"ok":fal', { kind: "delivered" }],
    [200, '{"ok":false}', { kind: "dead", reason: "answered 200" }],
    [200, '{"ok":false,"error":"no_such_trigger"}', { kind: "dead", reason: "answered 200 no_such_trigger" }],
    [200, '{"ok":false,"error":"no such trigger"}', { kind: "dead", reason: "answered 200" }],
    [200, '{"ok":false,"error":7}', { kind: "dead", reason: "answered 200" }],
    [503, '{"ok":false,"error":"down"}', { kind: "retry", reason: "answered 503 down" }],
    [
      429,
      '{"retry_after":1,"ok":false,"error":"rate_limited"}',
      { kind: "retry", reason: "answered 429 rate_limited, more than one message a second" },
    ],
    [429, '{"ok":false,"count_hour_ago":1}', { kind: "retry", reason: "answered 429" }],
  ])("%i %s", (status, body, outcome) => {
    expect(classifySlackResponse(status, body)).toEqual(outcome);
  });
});
