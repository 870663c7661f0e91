import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { getMaskEncodings } from "./runner/masking.ts";
import { Slack } from "./runner/servers/slack.ts";
import { runPostStep, SECRET } from "./step.ts";

/** The headers and bodies that a dry run shows, in order. */
function getShownRequests(
  log: string,
): readonly { readonly headers: ReadonlyMap<string, string>; readonly body: string }[] {
  const [, said = ""] = log.split("##[endgroup]\n");
  return said
    .split(/^Would POST to .*:\n/m)
    .slice(1)
    .map((part) => {
      const lines = part
        .split("\n")
        .filter((line) => line.startsWith("  "))
        .map((line) => line.slice(2));
      const at = lines.findIndex((line) => line.startsWith("{") || line.startsWith('"'));
      const headers = lines.slice(0, at).map((line): [string, string] => {
        const [name = "", ...value] = line.split(": ");
        return [name, value.join(": ")];
      });
      return { headers: new Map(headers), body: lines[at] ?? "" };
    });
}

describe.concurrent("a dry run", () => {
  test("shows headers and body, and sends nothing", async () => {
    const { step, requests } = await runPostStep({ "dry-run": true, data: '{"a":"b"}', topic: "a.b" });
    expect(requests).toEqual([]);
    expect(step).toMatchObject({ exitCode: 0, outputs: { ok: "true", skipped: "true", attempts: "0" } });
    expect(step.annotations).toMatchObject([
      { level: "notice", message: "Nothing was sent: this is a dry run." },
    ]);
    const [shown] = getShownRequests(step.log);
    expect(JSON.parse(shown?.body ?? "")).toMatchObject({ topic: "a.b", data: { a: "b" } });
    expect([...(shown?.headers.keys() ?? [])].sort()).toEqual([
      "content-type",
      "heron-signature",
      "user-agent",
      "webhook-id",
      "webhook-signature",
      "webhook-timestamp",
    ]);
    const mac = createHmac("sha256", SECRET)
      .update(shown?.body ?? "")
      .digest("base64");
    expect(shown?.headers.get("heron-signature")).toBe(mac);
    expect(step.summary).toBe("");
  });

  test("shows one's own headers without their values, and no secret", async () => {
    const { step } = await runPostStep((origin) => ({
      "dry-run": true,
      url: `${origin}/hooks/0123456789abcdefghij`,
      headers: "Authorization: Bearer tok_klmnopqrstuvwxyz\nX-Plain: plainvalue",
      data: JSON.stringify({ leaked: SECRET, more: "tok_klmnopqrstuvwxyz" }),
    }));
    const [shown] = getShownRequests(step.log);
    expect(shown?.headers.get("Authorization")).toBe("***");
    expect(shown?.headers.get("X-Plain")).toBe("***");
    const said = step.rawOutput.replace(/^::add-mask::.*$/gm, "");
    for (const secret of [SECRET, "tok_klmnopqrstuvwxyz", "0123456789abcdefghij", "plainvalue"])
      for (const spelling of getMaskEncodings(secret)) expect(said).not.toContain(spelling);
  });

  test("gives the runner no command, whatever the body holds", async () => {
    const texts = [
      "::error::mine",
      "##[error]mine",
      "\n::error::mine",
      "\r##[warning]mine",
      "%0A::error::mine",
    ];
    for (const data of [...texts, { [texts[1] as string]: texts }]) {
      const { step } = await runPostStep({
        "dry-run": true,
        data: JSON.stringify(data),
        template: '"{{ data }}"',
        headers: "user-agent: ##[error]mine",
      });
      expect(step.annotations).toMatchObject([{ level: "notice" }]);
      const [shown] = getShownRequests(step.log);
      expect(JSON.parse(shown?.body ?? "")).toEqual(data);
    }
  });

  test("shows what Slack would get", async () => {
    await using slack = await Slack.open();
    const { step, requests } = await runPostStep({ "dry-run": true, "slack-webhook": slack.url });
    expect([requests, slack.requests]).toEqual([[], []]);
    const [heron, slackRequest] = getShownRequests(step.log);
    expect(heron?.headers.has("heron-signature")).toBe(true);
    expect([...(slackRequest?.headers.keys() ?? [])]).toEqual(["content-type", "user-agent"]);
    expect(JSON.parse(slackRequest?.body ?? "")).toHaveProperty("attachments");
  });

  test("finds what is wrong", async () => {
    const { step } = await runPostStep({ "dry-run": true, template: '{"a":"{{ data.nothing }}"}' });
    expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false", skipped: "false" } });
  });
});
