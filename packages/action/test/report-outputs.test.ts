import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseResults } from "./results.ts";
import { runStep, type StepOptions, type StepResult } from "./runner/run-step.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { Slack } from "./runner/servers/slack.ts";
import { runPostStep, SECRET } from "./step.ts";

const manifest = parse(readFileSync(new URL("../action.yml", import.meta.url), "utf8")) as {
  readonly outputs: Readonly<Record<string, unknown>>;
};
const declared = Object.keys(manifest.outputs).sort();

async function runCancelled(): Promise<StepResult> {
  await using receiver = await Receiver.open({ answers: [{ hang: true }] });
  const controller = new AbortController();
  void receiver.received(1).then(() => controller.abort());
  return await runStep({ with: { url: receiver.url(), secret: SECRET }, signal: controller.signal });
}

const ended = async (given: StepOptions["with"], status = 200): Promise<StepResult> =>
  (await runPostStep(given, { answers: [{ status }] })).step;

test.concurrent.each<[string, () => Promise<StepResult>, Readonly<Record<string, string>>]>([
  [
    "delivered",
    () => ended({}),
    { ok: "true", attempts: "1", delivered: "1", failed: "0", skipped: "false" },
  ],
  [
    "failed",
    () => ended({ retries: 1, "max-retry-delay": "10ms" }, 500),
    { ok: "false", attempts: "2", delivered: "0", failed: "1", skipped: "false" },
  ],
  [
    "failed, with a warning",
    () => ended({ "on-error": "warn" }, 400),
    { ok: "false", attempts: "1", delivered: "0", failed: "1", skipped: "false" },
  ],
  [
    "skipped",
    () => ended({ secret: "", "if-missing": "skip" }),
    { ok: "true", attempts: "0", delivered: "0", failed: "0", skipped: "true", event: "", results: "[]" },
  ],
  [
    "bad input",
    () => ended({ timeout: "soon" }),
    { ok: "false", attempts: "0", delivered: "0", failed: "0", skipped: "false", event: "", results: "[]" },
  ],
  [
    "bad on-error",
    () => ended({ "on-error": "shrug" }),
    { ok: "false", attempts: "0", delivered: "0", failed: "0", skipped: "false", event: "", results: "[]" },
  ],
  [
    "a dry run",
    () => ended({ "dry-run": "true" }),
    { ok: "true", attempts: "0", delivered: "0", failed: "0", skipped: "true", results: "[]" },
  ],
  ["cancelled", runCancelled, { ok: "false", attempts: "1", delivered: "0", failed: "1", skipped: "false" }],
])("%s: the outputs of action.yml are set, and no other", async (_, run, outputs) => {
  const step = await run();
  expect(Object.keys(step.outputs).sort()).toEqual(declared);
  expect(step.outputs).toMatchObject(outputs);
  expect([step.state, step.exportedEnv, step.addedPaths]).toEqual([{}, {}, []]);
  expect(step.filesLeft).toEqual({});
});

test("results and event are JSON, and hold no secret, so that other jobs can have them", async () => {
  await using slack = await Slack.open();
  const { step } = await runPostStep(
    (origin) => ({
      url: `${origin}/hooks/abcdefgh?key=ijklmnop\n${origin}/other`,
      "slack-webhook": `${slack.url}\n${slack.triggerUrl}`,
      retries: 0,
      topic: "deploy.finished",
    }),
    { answers: ({ path }) => ({ status: path === "/other" ? 404 : 202 }) },
  );
  const results = parseResults(step);
  for (const result of results)
    expect(Object.keys(result)).toEqual([
      "target",
      "format",
      "outcome",
      "responseStatus",
      "attemptCount",
      "durationMs",
      "reason",
    ]);
  expect(results).toMatchObject([
    { format: "heron", outcome: "delivered", responseStatus: 202, attemptCount: 1, reason: null },
    {
      format: "heron",
      outcome: "failed",
      responseStatus: 404,
      reason: "answered 404, nothing is at this URL",
    },
    { format: "slack", outcome: "delivered", responseStatus: 200, reason: null },
    { format: "slack-workflow", outcome: "delivered", responseStatus: 200, reason: null },
  ]);
  for (const { target, durationMs } of results) {
    expect(target).toMatch(/^127\.0\.0\.1:\d+ \([12]\)$/);
    expect(Number.isInteger(durationMs) && durationMs >= 0).toBe(true);
  }
  const event = JSON.parse(step.outputs["event"] ?? "") as Readonly<Record<string, string>>;
  expect(Object.keys(event)).toEqual(["id", "topic", "created"]);
  expect(event).toMatchObject({ id: expect.stringMatching(/^evt_[\w-]{20}$/), topic: "deploy.finished" });
  expect(Math.abs(Date.parse(event["created"] ?? "") - Date.now())).toBeLessThan(60_000);
  expect(Object.keys(step.jobOutputs).sort()).toEqual(declared);
});
