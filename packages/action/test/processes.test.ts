import { describe, expect, test } from "vitest";
import { getPayload } from "./payloads.ts";
import type { Given } from "./runner/inputs.ts";
import { runStep, type StepOptions } from "./runner/run-step.ts";
import { type Answer, Receiver } from "./runner/servers/receiver.ts";
import { SECRET } from "./step.ts";

interface Step extends Omit<StepOptions, "with" | "process"> {
  readonly with?: Given;
  readonly answers?: readonly Answer[];
}

const brief: Given = { retries: 2, "max-retry-delay": "10ms" };

/** Of each kind of thing that a step does, says and leaves, one. */
const STEPS: Readonly<Record<string, Step>> = {
  "delivers at once": {},
  "delivers at its second attempt": {
    with: brief,
    answers: [{ status: 503, body: "soon" }, {}],
    debug: true,
  },
  "is refused": { answers: [{ status: 404, body: '{"error":"no such hook"}' }] },
  "is refused, with a warning": { with: { "on-error": "warn" }, answers: [{ status: 410 }] },
  "is refused, with a notice": { with: { "on-error": "ignore" }, answers: [{ status: 400 }], debug: true },
  "is cut off at all attempts": { with: brief, answers: [{ reset: true }] },
  "is cut off in an answer": { with: brief, answers: [{ status: 200, reset: "body" }] },
  "cannot connect": { with: { ...brief, url: "http://127.0.0.1:1/" } },
  "finds no TLS": { with: { ...brief, url: "https://127.0.0.1:PORT/" } },
  "has data that is no JSON": { with: { data: "{" }, debug: true },
  "has no inputs": { with: { url: undefined, secret: undefined } },
  "skips for want of a secret": { with: { secret: "", "if-missing": "skip" } },
  "masks secrets that the server echoes": {
    with: { headers: "X-Key: one two three\nAuthorization: Bearer abc.def+ghi" },
    answers: [{ status: 400, body: `no ${SECRET} and abc.def+ghi` }],
    secrets: [SECRET],
    debug: true,
  },
  "warns of a short secret": { with: { secret: "abc" } },
  "reads files of the workspace": {
    with: { "data-file": "a/data.json", "template-file": "hook.json" },
    workspaceFiles: { "a/data.json": '{"n":1}', "hook.json": '{"is":"{{ data.n }}"}' },
  },
  "misses a file of the workspace": { with: { "data-file": "a/data.json" }, debug: true },
  "is started by a pull request, in a message to Slack": {
    with: { "slack-webhook": "http://127.0.0.1:PORT/services/T0/B0/abcdefghijkl", message: "*{{ topic }}*" },
    eventName: "pull_request",
    event: getPayload("pull_request"),
    context: { repository: "acme/shop", actor: "ann" },
    jobStatus: "failure",
  },
  "passes on text that looks like commands": {
    with: { fields: "said:=github.event.said\nlone=\ud800 ünïcödé 😀", "dry-run": true },
    event: { said: "a\n::error::b\r\n##[error]c\n::stop-commands::d %0A \u2028 \ud83d" },
  },
  "says more than a pipe holds": {
    with: { "data-file": "large.json", "dry-run": true },
    workspaceFiles: { "large.json": JSON.stringify("🦩".repeat(60_000)) },
  },
  "has an event that is no JSON": { event: Buffer.from("{"), debug: true },
  "has no files to write to": {
    rawEnv: { GITHUB_OUTPUT: undefined, GITHUB_STEP_SUMMARY: undefined, GITHUB_EVENT_PATH: undefined },
  },
  "cannot write its outputs and its summary": {
    rawEnv: { GITHUB_OUTPUT: "/nowhere/output", GITHUB_STEP_SUMMARY: "/nowhere/summary" },
    debug: true,
  },
};

/** All that is to be seen of a step, but for what differs from run to run: ports, times, what is random and where files are. */
async function seen(
  { answers = [], with: given, ...options }: Step,
  how: NonNullable<StepOptions["process"]>,
): Promise<string> {
  await using receiver = await Receiver.open({ answers });
  const all = { url: `${receiver.url("/hook/abcdefghijkl")}?key=mnopqrst`, secret: SECRET, ...given };
  const moved = Object.entries(all).map(([name, value]) => [
    name,
    typeof value === "string" ? value.replace("PORT", String(receiver.port)) : value,
  ]);
  const { durationMs: _, ...step } = await runStep({
    ...options,
    with: Object.fromEntries(moved) as Given,
    process: how,
  });
  const requests = receiver.requests.map(({ at: _at, body, ...request }) => ({
    ...request,
    body: String(body),
  }));
  const webhooks = requests.sort((one, other) => one.path.localeCompare(other.path));
  const said = {
    log: ofTheFile(step.log),
    debug: ofTheFile(step.debug.join("\n")),
    rawOutput: ofTheFile(step.rawOutput),
  };
  return (
    JSON.stringify({ step: { ...step, ...said }, webhooks }, null, 1)
      .replace(/\/runner-\w{6}/g, "/runner-FOLDER")
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "UUID")
      // After the UUIDs, whose digits can be those of the port.
      .replaceAll(String(receiver.port), "PORT")
      .replace(/!date\^\d+/g, "!date^TIME")
      .replace(/\b(evt|dlv)_[\w-]+/g, "$1_ID")
      .replace(/[\w+/]{43}=/g, "SIGNATURE")
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00/g, "TIME")
      .replace(/("webhook-timestamp\\?",?:?\s*\\?"|webhook-timestamp: )\d{10}/gi, "$1TIME")
      .replace(/(\bdurationMs\\*": ?)\d+/g, "$1MS")
      .replace(/\b\d+ ms\b/g, "MS ms")
      .replace(/(main\.js)\?run=\d+/g, "$1")
  );
}

/** Text without the lines of stack traces that are Node's, which are of what called the file. */
function ofTheFile(text: string): string {
  return text.replace(/(?:%0A|\n(?:##\[debug\])?) {4}at [^\n%]*node:internal[^\n%]*/g, "");
}

describe("in a process that ran others before, as in one of its own, a step", () => {
  test.concurrent.each(Object.keys(STEPS))("%s", async (name) => {
    const step = STEPS[name] ?? {};
    const alone = await seen(step, "own");
    expect(await seen(step, "reused")).toBe(alone);
    // After itself, of which nothing is left.
    expect(await seen(step, "reused")).toBe(alone);
  });
});
