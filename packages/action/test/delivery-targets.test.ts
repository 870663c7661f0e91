import { describe, expect, test } from "vitest";
import { parseResults } from "./results.ts";
import { runStep } from "./runner/run-step.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { Slack } from "./runner/servers/slack.ts";
import { expectSigned } from "./signatures.ts";
import { runPostStep, SECRET } from "./step.ts";

describe.concurrent("several webhooks", () => {
  test("are posted to at the same time", async () => {
    // Each answers only when all have been asked.
    const receivers: Receiver[] = [];
    const all = async (): Promise<object> => {
      await Promise.all(receivers.map((receiver) => receiver.received(1)));
      return {};
    };
    await using one = await Receiver.open({ answers: all });
    await using two = await Receiver.open({ answers: all });
    await using three = await Receiver.open({ answers: all });
    receivers.push(one, two, three);
    const url = receivers.map((receiver) => receiver.url("/hook")).join("\n");
    const step = await runStep({ with: { url, secret: SECRET, retries: 0, timeout: "10s" } });
    expect(step).toMatchObject({ annotations: [], outputs: { delivered: "3", attempts: "3" } });
  });

  test("get it each, whatever becomes of the others", async () => {
    await using good = await Receiver.open();
    await using bad = await Receiver.open({ answers: [{ status: 404 }] });
    await using ill = await Receiver.open({ answers: [{ status: 503 }, { status: 200 }] });
    await using slow = await Receiver.open({ answers: [{ hang: true }] });
    await using slack = await Slack.open();
    const step = await runStep({
      with: {
        url: [slow, bad, good, ill].map((receiver) => receiver.url("/hook")).join("\n"),
        secret: SECRET,
        "slack-webhook": slack.url,
        retries: 1,
        timeout: "3s",
        "max-retry-delay": "10ms",
      },
    });
    expect(step).toMatchObject({
      exitCode: 1,
      conclusion: "failure",
      outputs: { ok: "false", attempts: "7", delivered: "3", failed: "2", skipped: "false" },
    });
    expect(
      parseResults(step).map(({ outcome, responseStatus, attemptCount }) => [
        outcome,
        responseStatus,
        attemptCount,
      ]),
    ).toEqual([
      ["failed", null, 2],
      ["failed", 404, 1],
      ["delivered", 200, 1],
      ["delivered", 200, 2],
      ["delivered", 200, 1],
    ]);
    for (const { requests } of [good, bad, ill, slow])
      for (const request of requests) expectSigned(request, SECRET);
    expect(slack).toMatchObject({ faults: [], messages: [{}] });
    expect(step.annotations.map(({ message }) => message.split(" ", 2)[0])).toEqual([
      `127.0.0.1:${slow.port}:`,
      `127.0.0.1:${bad.port}:`,
    ]);
    // None waits for another.
    const timesUp = slow.requests[1]?.at ?? 0;
    for (const { requests } of [good, bad, ill, slack])
      for (const { at } of requests) expect(at).toBeLessThan(timesUp);
  });

  test("get no request if the request for one of them is invalid", async () => {
    await using slack = await Slack.open();
    const { step, requests } = await runPostStep(
      { "slack-webhook": slack.url, "data-file": "large.json" },
      { workspaceFiles: { "large.json": JSON.stringify("x".repeat(1024 * 1024 - 2)) } },
    );
    expect([requests.length, slack.requests.length]).toEqual([0, 0]);
    expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false", attempts: "0", results: "[]" } });
    expect(step.annotations[0]?.message).toMatch(/^The body \D+ \d+ bytes/);
  });

  test("of one host are numbered", async () => {
    const { step, requests } = await runPostStep(
      (origin) => ({ url: `${origin}/a\n${origin}/b`, retries: 0 }),
      {
        answers: ({ path }) => ({ status: path === "/a" ? 200 : 400 }),
      },
    );
    const host = new URL(`http://${requests[0]?.headers.host}`).host;
    expect(parseResults(step).map(({ target, outcome }) => [target, outcome])).toEqual([
      [`${host} (1)`, "delivered"],
      [`${host} (2)`, "failed"],
    ]);
  });

  test("ten, all of which are retried, make no noise of Node's own", async () => {
    const { step, requests } = await runPostStep(
      (origin) => ({
        url: Array.from({ length: 10 }, (_, i) => `${origin}/${i}`).join("\n"),
        retries: 2,
        "max-retry-delay": "10ms",
      }),
      { answers: [{ status: 500 }] },
    );
    expect([requests.length, step.outputs["attempts"], step.outputs["failed"]]).toEqual([30, "30", "10"]);
    expect(step.rawOutput).not.toMatch(/Warning|trace-|MaxListeners/);
    expect(step.annotations).toHaveLength(10);
  });
});

describe.concurrent("Slack", () => {
  test("that limits the rate gets the message again after Retry-After", async () => {
    await using slack = await Slack.open({ limitFirst: 1, retryAfter: "2" });
    const step = await runStep({ with: { "slack-webhook": slack.url } });
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true", attempts: "2" } });
    const [first, second] = slack.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1990);
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
    expect(slack.messages).toHaveLength(1);
  });

  test.each([
    [500, "rollup_error", 2],
    [503, "", 2],
    [403, "invalid_token", 1],
    [404, "no_service", 1],
    [410, "channel_is_archived", 1],
    [400, "invalid_payload", 1],
  ])("that answers %i %s is asked %3$i times", async (status, body, times) => {
    await using slack = await Slack.open({ refusals: Array.from({ length: 5 }, () => ({ status, body })) });
    const step = await runStep({
      with: { "slack-webhook": slack.url, retries: 1, "max-retry-delay": "10ms" },
    });
    expect(slack.requests).toHaveLength(times);
    expect(step).toMatchObject({ exitCode: 1, outputs: { failed: "1", attempts: String(times) } });
    expect(step.annotations[0]?.message).toContain(`answered ${status}${body === "" ? "" : ` ${body}`}`);
  });

  test("that says no with 200 has not taken it", async () => {
    await using slack = await Slack.open({ variables: ["nothing"] });
    const step = await runStep({ with: { "slack-webhook": slack.triggerUrl } });
    expect(step).toMatchObject({ exitCode: 1, outputs: { failed: "1", attempts: "1" } });
    expect(parseResults(step)[0]).toMatchObject({ format: "slack-workflow", responseStatus: 200 });
  });
});
