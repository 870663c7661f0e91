import { describe, expect, test } from "vitest";
import { parseSingleResult } from "./results.ts";
import { runStep, type StepOptions, type StepResult } from "./runner/run-step.ts";
import { Receiver, type Script } from "./runner/servers/receiver.ts";
import { SECRET } from "./step.ts";

interface CancelledRun {
  readonly step: StepResult;
  readonly requests: number;
}

/** The time from SIGINT to SIGTERM of GitHub's runner, so no bound of this test. */
const INTERRUPT_MS = 7500;

/** Cancels a step once its webhook has had a request, or it prints a line; it has to end before it is sent SIGTERM. */
async function runCancelled(
  answers: Script,
  line?: RegExp,
  given: StepOptions["with"] = {},
): Promise<CancelledRun> {
  await using receiver = await Receiver.open({ answers });
  const controller = new AbortController();
  let cancelledAt = 0;
  const cancel = (): void => {
    cancelledAt = performance.now();
    controller.abort();
  };
  if (line === undefined) void receiver.received(1).then(cancel);
  const step = await runStep({
    with: { url: receiver.url("/hook"), secret: SECRET, timeout: "1m", "max-retry-delay": "1m", ...given },
    signal: controller.signal,
    onLine: (text) => line?.test(text) && cancel(),
    // The runner's own time until SIGTERM, and less than its 2.5 s from then on.
    cancelWaits: { interrupt: INTERRUPT_MS, terminate: 1000 },
  });
  // It ended by SIGINT alone.
  expect(performance.now() - cancelledAt).toBeLessThan(INTERRUPT_MS);
  return { step, requests: receiver.requests.length };
}

describe.skipIf(process.platform === "win32").concurrent("a step that is cancelled", () => {
  const outputs = { ok: "false", attempts: "1", delivered: "0", failed: "1", skipped: "false" };
  const canceled = { level: "error", message: "The operation was canceled." };

  test("between attempts ends at once, and says what the last one came to", async () => {
    const answers = [{ status: 503, headers: { "retry-after": "60" } }];
    const { step, requests } = await runCancelled(answers, /; again in 60\.0 s$/);
    expect(step).toMatchObject({ conclusion: "cancelled", exitCode: 1, outputs });
    expect(requests).toBe(1);
    expect(parseSingleResult(step)).toMatchObject({
      responseStatus: 503,
      attemptCount: 1,
      outcome: "failed",
    });
    expect(parseSingleResult(step).reason).toMatch(/^answered 503, .*; the job was cancelled$/);
    expect(step.annotations).toHaveLength(2);
    expect(step.annotations[0]?.message).toMatch(/: answered 503, .*; the job was cancelled$/);
    expect(step.annotations[1]).toMatchObject(canceled);
    expect(step.summary).toContain("the job was cancelled");
  });

  test("in a request ends at once, and says so once", async () => {
    const { step, requests } = await runCancelled([{ hang: true }]);
    expect(step).toMatchObject({ conclusion: "cancelled", exitCode: 1, outputs });
    expect(requests).toBe(1);
    expect(parseSingleResult(step)).toMatchObject({
      responseStatus: null,
      reason: "the attempt was aborted; the job was cancelled",
    });
    expect(step.annotations.map(({ message }) => message.match(/cancell?ed/g)?.length)).toEqual([1, 1]);
    expect(JSON.parse(step.outputs["event"] ?? "")).toMatchObject({ topic: "push.pushed" });
  });

  test("in an answer's body has been answered", async () => {
    const { step } = await runCancelled([{ status: 200, hang: "body" }]);
    expect(step).toMatchObject({ conclusion: "cancelled" });
    expect(["200", "null"]).toContain(String(parseSingleResult(step).responseStatus));
  });

  test("keeps what was delivered before", async () => {
    await using good = await Receiver.open();
    await using bad = await Receiver.open({ answers: [{ status: 500, headers: { "retry-after": "60" } }] });
    const { step } = await runCancelled([], /; again in 60\.0 s$/, {
      url: `${good.url("/")}\n${bad.url("/")}`,
    });
    expect(step.outputs).toMatchObject({ ok: "false", attempts: "2", delivered: "1", failed: "1" });
  });

  test("with on-error: warn has no error of its own", async () => {
    const { step } = await runCancelled([{ hang: true }], undefined, { "on-error": "warn" });
    expect(step).toMatchObject({ exitCode: 0, conclusion: "cancelled", outputs });
    expect(step.annotations).toMatchObject([{ level: "warning" }, canceled]);
  });
});
