import { describe, expect, test } from "vitest";
import { getPayload } from "./payloads.ts";
import type { Given } from "./runner/inputs.ts";
import { runStep } from "./runner/run-step.ts";
import { Slack } from "./runner/servers/slack.ts";
import { parseSignedBody, runAndGetError, runPostStep, runSlackStep, SECRET } from "./step.ts";

const context = { repository: "acme/shop", run_id: "123", actor: "ann" };

describe.concurrent("a workflow's trigger", () => {
  const trigger = (slack: Slack): Given => ({ "slack-webhook": slack.triggerUrl });

  test("gets flat texts: what happened, and a message", async () => {
    const { step, runs } = await runSlackStep(
      (slack) => ({
        ...trigger(slack),
        message: "by {{ github.actor }} <&>",
        fields: "a=<&>\nb:=github.event.commits",
      }),
      { context, event: getPayload("push") },
    );
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true" } });
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      topic: "push.pushed",
      id: expect.stringMatching(/^evt_/),
      message: "by ann <&>",
      data_title: "Mend the login",
      data_commits: "2",
      data_forced: "true",
      data_a: "<&>",
      data_b: '[{"id":"a"},{"id":"b"}]',
      meta_source: "github_actions",
    });
  });

  test("gets no message where none is given", async () => {
    const { runs } = await runSlackStep(trigger, { context });
    expect(runs).toHaveLength(1);
    expect(runs[0]).not.toHaveProperty("message");
  });

  test("gets a template's own variables, flat", async () => {
    const template =
      '{"who":"{{ github.actor }}","deep":{"list":["{{ data.n }}"],"n":"{{ data.n }}"},"no":null}';
    const { runs } = await runSlackStep((slack) => ({ ...trigger(slack), template, data: '{"n":1}' }), {
      context,
      slack: { variables: ["who", "deep_list", "deep_n", "no"] },
    });
    expect(runs).toEqual([{ who: "ann", deep_list: '["1"]', deep_n: "1", no: "" }]);
  });

  test("that says no with 200 is a failure", async () => {
    const { step } = await runSlackStep(trigger, { slack: { variables: ["none"] } });
    expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false", failed: "1" } });
    expect(step.annotations[0]?.message).toContain(": answered 200 parameter_validation_failed");
  });
});

describe.concurrent("Slack's own URLs under url", () => {
  const urls: readonly [string, string][] = [
    ["https://hooks.slack.com/services/T00000000/B00000000/hooktokenhooktokenhookto", "slack"],
    ["https://hooks.slack-gov.com/services/T00000000/B00000000/hooktokenhooktokenhookto", "slack"],
    ["https://hooks.slack.com/triggers/T00000000/1234567890123/0123456789abcdef", "slack-workflow"],
    ["https://hooks.slack.com/workflows/T00000000/A00000000/123/0123456789abcdef", "slack-workflow"],
  ];

  test.each(urls)("%s gets what Slack takes, without a secret", async (url, format) => {
    const { rawOutput, outputs, exitCode } = await runStep({ with: { url, secret: "", "dry-run": true } });
    expect({ exitCode, ok: outputs["ok"] }).toEqual({ exitCode: 0, ok: "true" });
    expect(rawOutput).not.toMatch(/signature/i);
    const body = JSON.parse(/^ {2}(\{.*)$/m.exec(rawOutput)?.[1] ?? "") as Readonly<Record<string, unknown>>;
    expect("blocks" in body).toBe(format === "slack");
    expect("data_actor" in body).toBe(format === "slack-workflow");
  });

  test.each([
    "https://hooks.slack.com.example.com/services/T00000000/B00000000/hooktokenhooktokenhookto",
    "https://example.com/services/T00000000/B00000000/hooktokenhooktokenhookto",
  ])("%s is not one of them, and gets a signed event", async (url) => {
    const step = await runStep({ with: { url, secret: SECRET, "dry-run": true } });
    expect(step.rawOutput).toContain("  heron-signature: ");
    expect(await runStep({ with: { url, secret: "", "dry-run": true } })).toMatchObject({ exitCode: 1 });
  });
});

describe.concurrent("Slack beside a signed webhook", () => {
  test("both are posted to in one step, each in its format", async () => {
    await using slack = await Slack.open();
    const { step, requests } = await runPostStep(
      {
        "slack-webhook": `${slack.url}\n${slack.triggerUrl}`,
        message: "Out: {{ data.version }}",
        data: '{"version":"1.2.0"}',
        headers: "Authorization: Bearer of-the-webhook",
      },
      { context },
    );
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { attempts: "3", delivered: "3" } });
    const { id, data } = parseSignedBody(requests[0]);
    expect(data).toEqual({ version: "1.2.0" });
    expect(slack.runs).toMatchObject([{ id, message: "Out: 1.2.0", data_version: "1.2.0" }]);
    expect(JSON.stringify(slack.messages[0])).toContain("Out: 1.2.0");
    for (const { headers } of slack.requests) {
      expect(Object.keys(headers).filter((name) => /signature|webhook-/.test(name))).toEqual([]);
      expect(headers).toMatchObject({ "content-type": "application/json" });
    }
    expect(requests[0]?.headers).toMatchObject({ authorization: "Bearer of-the-webhook" });
  });

  test("headers are not for Slack itself", async () => {
    const url = "https://hooks.slack.com/services/T00000000/B00000000/hooktokenhooktokenhookto";
    expect(await runAndGetError({ url, headers: "X-Team: shop" })).toBe(
      "Input headers are not sent to Slack, and there is no other webhook here.",
    );
    const { step } = await runPostStep({ "slack-webhook": url, headers: "X-Team: shop", "dry-run": true });
    expect(step.rawOutput.match(/^ {2}X-Team: /gm)).toHaveLength(1);
  });

  test("one that fails does not keep the other from it", async () => {
    await using slack = await Slack.open();
    const { step, requests } = await runPostStep({
      "slack-webhook": slack.receiver.url(slack.path({ token: "old" })),
    });
    expect(requests).toHaveLength(1);
    expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false", delivered: "1", failed: "1" } });
    expect(step.annotations).toHaveLength(1);
    expect(step.annotations[0]?.message).toBe(
      `127.0.0.1:${slack.receiver.port}: answered 403 invalid_token, the webhook's URL is wrong or was revoked`,
    );
  });
});
