import { describe, expect, test } from "vitest";
import { Slack, type SlackOptions } from "./slack.ts";

interface Said {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function post(url: string, body: unknown, more: RequestInit = {}): Promise<Said> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...more,
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

async function posted(
  body: unknown,
  options: SlackOptions = {},
): Promise<Said & { readonly faults: string[] }> {
  await using slack = await Slack.open(options);
  return { ...(await post(slack.url, body)), faults: slack.faults };
}

describe("an incoming webhook", () => {
  test("takes a message and says ok", async () => {
    await using slack = await Slack.open();
    const { status, text, headers } = await post(slack.url, { text: "héllo", blocks: [{ type: "divider" }] });
    expect({ status, text }).toEqual({ status: 200, text: "ok" });
    expect(headers.get("content-type")).toMatch(/^text\/plain/);
    expect(slack.messages).toEqual([{ text: "héllo", blocks: [{ type: "divider" }] }]);
    expect(slack.requests[0]?.body.toString()).toContain("héllo");
  });

  test.each<[string, unknown, number]>([
    ["invalid_payload", "{", 400],
    ["invalid_payload", "", 400],
    ["invalid_payload", [], 400],
    ["invalid_payload", { text: 1 }, 400],
    ["channel_not_found", { text: "a", channel: "#general" }, 404],
    ["no_text", {}, 400],
    ["no_text", { text: "" }, 400],
    ["no_text", { blocks: [], attachments: [], username: "me" }, 400],
    ["too_many_attachments", { attachments: Array.from({ length: 101 }, () => ({ text: "a" })) }, 400],
  ])("%s for %j", async (code, body, status) => {
    expect(await posted(body)).toMatchObject({ status, text: code });
  });

  test("does not respond why blocks are invalid, but records it for the test", async () => {
    const body = { text: "a", blocks: [{ type: "section", text: { type: "mrkdwn", text: "" } }] };
    expect(await posted(body)).toMatchObject({
      status: 400,
      text: "invalid_blocks",
      faults: ["blocks[0].text.text is empty"],
    });
  });

  test("wants POST and JSON", async () => {
    await using slack = await Slack.open();
    expect((await fetch(slack.url)).status).toBe(405);
    expect(await post(slack.url, "{}", { headers: { "content-type": "text/plain" } })).toMatchObject({
      status: 400,
      text: "invalid_payload",
    });
    expect(slack.messages).toEqual([]);
  });

  test("knows one team, one service and one token", async () => {
    await using slack = await Slack.open();
    const at = async (path: string): Promise<string> => {
      const { status, text } = await post(slack.receiver.url(path), { text: "a" });
      return `${status} ${text}`;
    };
    expect(await at(slack.path({ token: "other" }))).toBe("403 invalid_token");
    expect(await at(slack.path({ service: "B1" }))).toBe("404 no_service");
    expect(await at(slack.path({ team: "T1" }))).toBe("404 no_team");
    expect(await at("/services/T00000000")).toBe("404 no_service");
    expect(await at("/")).toBe("404 no_service");
  });

  test("cuts a text at 40,000 characters", async () => {
    await using slack = await Slack.open();
    await post(slack.url, { text: "x".repeat(40_001) });
    expect(slack.messages[0]?.["text"]).toHaveLength(40_000);
  });
});

describe("refusing", () => {
  test("the first n with 429 and Retry-After", async () => {
    await using slack = await Slack.open({ limitFirst: 2, retryAfter: "7" });
    const said = [
      await post(slack.url, "?"),
      await post(slack.url, { text: "a" }),
      await post(slack.url, { text: "a" }),
    ];
    expect(said.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(said[0]?.headers.get("retry-after")).toBe("7");
    expect(JSON.parse(said[0]?.text ?? "")).toEqual({ retry_after: 7, ok: false, error: "rate_limited" });
    expect(slack.messages).toHaveLength(1);
  });

  test("the second message within a second", async () => {
    await using slack = await Slack.open({ onePerSecond: true });
    const said = [await post(slack.url, { text: "a" }), await post(slack.url, { text: "b" })];
    expect(said.map(({ status }) => status)).toEqual([200, 429]);
    expect(slack.messages).toEqual([{ text: "a" }]);
  });

  test("as configured, before any check", async () => {
    await using slack = await Slack.open({ refusals: [{ status: 500, body: "rollup_error" }] });
    expect(await post(slack.url, { text: "a" })).toMatchObject({ status: 500, text: "rollup_error" });
    expect(await post(slack.url, { text: "a" })).toMatchObject({ status: 200, text: "ok" });
  });
});

describe("a trigger", () => {
  test("takes strings", async () => {
    await using slack = await Slack.open();
    const { status, text } = await post(slack.triggerUrl, { a: "1", b: "" });
    expect({ status, text }).toEqual({ status: 200, text: '{"ok":true}' });
    expect(slack.runs).toEqual([{ a: "1", b: "" }]);
    expect(slack.messages).toEqual([]);
  });

  test.each<[unknown, string]>([
    [{ a: 1 }, "parameter_validation_failed"],
    [{ a: { b: "1" } }, "parameter_validation_failed"],
    [{ text: "a", blocks: [] }, "parameter_validation_failed"],
    [{ other: "a" }, "parameter_validation_failed"],
    ["{", "invalid_payload"],
    [[], "invalid_payload"],
  ])("says no to %j with 200", async (body, error) => {
    await using slack = await Slack.open({ variables: ["a", "text"] });
    const { status, text } = await post(slack.triggerUrl, body);
    expect({ status, said: JSON.parse(text) as unknown }).toEqual({
      status: 200,
      said: { ok: false, error },
    });
    expect(slack.runs).toEqual([]);
  });
});
