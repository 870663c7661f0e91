import { describe, expect, test } from "vitest";
import type { Given } from "./runner/inputs.ts";
import { runStep } from "./runner/run-step.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { Slack } from "./runner/servers/slack.ts";
import { NOTHING_SENT, parseSignedBody, runPostStep, SECRET } from "./step.ts";

const SKIP = { "if-missing": "skip" };

describe.concurrent("if-missing: skip", () => {
  test.each<[string, Given, string]>([
    ["no URL", { url: "" }, "Nothing was sent: No destination: set url or slack-webhook."],
    ["nothing at all", { url: "", secret: "" }, "Nothing was sent: No destination: set url or slack-webhook"],
    ["no secret", { secret: "" }, "Nothing was sent: Input secret is empty, so the event for url cannot be"],
    ["a secret of spaces", { secret: "  \n " }, "Nothing was sent: Input secret is empty"],
  ])("with %s sends nothing, says so, and is no failure", async (_name, given, said) => {
    const { step, requests } = await runPostStep({ ...SKIP, ...given });
    expect(requests).toEqual([]);
    expect(step).toMatchObject({ exitCode: 0, conclusion: "success", summary: "" });
    expect(step.annotations).toMatchObject([{ level: "notice", title: "Heron Webhooks" }]);
    expect(step.annotations[0]?.message).toContain(said);
    expect(step.outputs).toEqual({ ...NOTHING_SENT, ok: "true", skipped: "true" });
  });

  test("without a secret still posts to Slack, and reports what it skipped", async () => {
    await using slack = await Slack.open();
    const { step, requests } = await runPostStep({ ...SKIP, secret: "", "slack-webhook": slack.url });
    expect(requests).toEqual([]);
    expect(slack.messages).toHaveLength(1);
    expect(step.annotations).toMatchObject([
      {
        level: "notice",
        message: "Input secret is empty, so the event for url cannot be signed and is not sent there.",
      },
    ]);
    expect(step).toMatchObject({
      exitCode: 0,
      outputs: { ok: "true", skipped: "false", attempts: "1", delivered: "1" },
    });
  });

  test("without one of several secrets leaves out its webhook alone", async () => {
    const { step, requests } = await runPostStep((origin) => ({
      ...SKIP,
      secret: `\n${SECRET}\n`,
      url: `${origin}/0\n${origin}/1`,
    }));
    expect(requests.map(({ path }) => path)).toEqual(["/1"]);
    parseSignedBody(requests[0]);
    expect(step.annotations).toMatchObject([
      {
        level: "notice",
        message:
          "Input secret, line 1, is empty, so the event for url cannot be signed and is not sent there.",
      },
    ]);
  });

  test("fails all the same for what is wrong", async () => {
    const { step } = await runPostStep({ ...SKIP, url: "nonsense" });
    expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false", skipped: "false" } });
  });

  test("does nothing where nothing is missing", async () => {
    const { step, requests } = await runPostStep(SKIP);
    expect(requests).toHaveLength(1);
    expect(step).toMatchObject({ annotations: [], outputs: { skipped: "false" } });
  });
});

test.concurrent("a missing secret fails even with Slack, and nothing is posted to Slack", async () => {
  await using slack = await Slack.open();
  const { step } = await runPostStep({ secret: "", "slack-webhook": slack.url });
  expect(slack.requests).toEqual([]);
  expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false" } });
});

describe.concurrent("on-error", () => {
  test.each<[string, string, number]>([
    ["fail", "error", 1],
    ["warn", "warning", 0],
    ["ignore", "notice", 0],
    ["Warn", "warning", 0],
  ])("%s applies to inputs that are wrong as well", async (onError, level, exitCode) => {
    const wrongs: readonly Given[] = [
      { url: "nonsense" },
      { secret: "" },
      { data: "{" },
      { retries: "many" },
      { template: '"{{ data.none }}"' },
    ];
    for (const given of wrongs) {
      const { step, requests } = await runPostStep({ ...given, "on-error": onError });
      expect(requests).toEqual([]);
      expect(step).toMatchObject({ exitCode, outputs: { ok: "false", skipped: "false" } });
      expect(step.annotations).toMatchObject([{ level }]);
    }
  });

  test("that is no such word fails", async () => {
    await using receiver = await Receiver.open();
    const step = await runStep({
      with: { url: receiver.url(), secret: SECRET, "on-error": "never" },
    });
    expect(step).toMatchObject({
      exitCode: 1,
      annotations: [{ level: "error", message: "Input on-error must be fail, warn or ignore." }],
    });
  });
});
