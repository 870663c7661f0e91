import { describe, expect, test } from "vitest";
import { parseResults, parseSingleResult } from "./results.ts";
import { runPostStep } from "./step.ts";

const refused = { answers: [{ status: 422, body: '{"error":"no such topic"}' }] };

describe.concurrent("a webhook that did not take it has an annotation", () => {
  test.each<[string, string, number, string]>([
    ["fail", "error", 1, "failure"],
    ["warn", "warning", 0, "success"],
    ["ignore", "notice", 0, "success"],
    ["", "error", 1, "failure"],
    ["Warn", "warning", 0, "success"],
  ])(
    "as loud as on-error: %j is, a %s, with exit status %i",
    async (onError, level, exitCode, conclusion) => {
      const { step } = await runPostStep({ "on-error": onError }, refused);
      expect(step).toMatchObject({ exitCode, conclusion, outputs: { ok: "false", failed: "1" } });
      expect(step.annotations).toMatchObject([{ level, title: "Heron Webhooks" }]);
      expect(step.annotations[0]?.message).toBe(
        `${parseSingleResult(step).target}: answered 422: {"error":"no such topic"}`,
      );
    },
  );

  test("of its own, with its own reason", async () => {
    const { step } = await runPostStep(
      (origin) => ({ url: `${origin}/400\n${origin}/200\n${origin}/404`, retries: 0 }),
      { answers: ({ path }) => ({ status: Number(path.slice(1)), body: `said of ${path}` }) },
    );
    const host = parseResults(step)[0]?.target.split(" ")[0];
    expect(step.annotations.map(({ message }) => message)).toEqual([
      `${host} (1): answered 400, it could not read the body: said of /400`,
      `${host} (3): answered 404, nothing is at this URL: said of /404`,
    ]);
    expect(step.log).toMatch(/ \(2\): delivered in \d+ ms$/m);
  });

  test("and of an answer in HTML the status alone", async () => {
    const { step } = await runPostStep(
      {},
      { answers: [{ status: 404, body: "\n <!doctype html><h1>Lost</h1>" }] },
    );
    expect(parseSingleResult(step).reason).toBe("answered 404, nothing is at this URL");
  });

  test("with no more than the beginning of a long answer", async () => {
    const { step } = await runPostStep({}, { answers: [{ status: 400, body: "🦩".repeat(50_000) }] });
    const { reason } = parseSingleResult(step);
    expect(reason).toMatch(/^answered 400, it could not read the body: (?:🦩)+…$/u);
    expect(reason?.length).toBeLessThan(300);
  });
});

describe.concurrent("what a step says", () => {
  test("is one line for what was delivered", async () => {
    const { step } = await runPostStep();
    const said = step.log.split("##[endgroup]\n")[1];
    expect(said).toMatch(/^127\.0\.0\.1:\d+: delivered in \d+ ms$/);
  });

  test.each<[string, Readonly<Record<string, string>>, object]>([
    ["a failed delivery", {}, { reset: true }],
    ["bad input", { data: "{" }, {}],
    ["a bad template", { template: '{"a":"{{ nothing }}"}' }, {}],
  ])("of %s holds no stack trace, unless it is debugged", async (_, given, answer) => {
    const { step } = await runPostStep({ retries: 0, ...given }, { answers: [answer] });
    expect(step.exitCode).toBe(1);
    for (const text of [step.log, step.summary, ...Object.values(step.outputs)])
      expect(text).not.toMatch(/^\s*at |main\.js|node:internal|\.ts:\d/m);
    for (const { message } of step.annotations) expect(message).not.toContain("\n");
  });

  test("of each attempt is there to be debugged", async () => {
    const answers = [{ status: 503 }, {}];
    const { step } = await runPostStep({ "max-retry-delay": "10ms" }, { answers, debug: true });
    const said = step.debug.filter((line) => line.includes(": attempt "));
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/: attempt 1: answered 503, /);
    expect(said[1]).toMatch(/: attempt 2: delivered$/);
    expect(step.log).toContain("##[debug]127.0.0.1:");
  });

  test("of bad input is where it came from, when it is debugged", async () => {
    const { step } = await runPostStep({ data: "{" }, { debug: true });
    expect(step.debug.join("\n")).toMatch(/^\s+at /m);
  });
});
