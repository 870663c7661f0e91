import { describe, expect, test } from "vitest";
import { parseResults, parseSingleResult } from "./results.ts";
import { runPostStep } from "./step.ts";

const ESC = "\u001b";
const HOSTILE: readonly (readonly [string, string])[] = [
  ["a command", "::error::mine"],
  ["a command with properties", "::error title=x,file=y::mine"],
  ["a command after a line break", "no\n::warning::mine\r\n::notice::mine\r::error::mine"],
  ["a command of the first kind", "##[error]mine"],
  ["one within another", "####[error][error]mine ##[##[warning]]mine"],
  ["one in words", "sorry ##[warning]mine ##[command]mine"],
  ["the end of commands", "::stop-commands::x"],
  ["an encoded line break", "no%0A::error::mine%0D%0A::warning::mine"],
  ["a mask", "::add-mask::127"],
  ["an output", "::set-output name=ok::true"],
  ["a group", "##[group]mine"],
  ["what ends the runner's own line", "]\u2028::error::mine\u2029::error::mine\u0085::error::mine"],
  ["colours and titles", `${ESC}[31mred${ESC}[0m ${ESC}]0;title\u0007 ${ESC}c \u009b31m`],
  ["what turns text around", "abc\u202edef\u2066ghi"],
  ["backspaces", "a\b\b\b::error::mine"],
  ["a zero byte", "a\0b"],
  ["HTML", '<script>alert(1)</script><img src=x onerror="alert(2)">'],
  ["HTML after words", 'no <script>alert(1)</script><a href="javascript:x">&amp;'],
  ["Markdown", "# big\n[x](javascript:1) ![i](https://e.com/i.png) |a|b| `c`"],
  ["the delimiter of an output's file", "ghadelimiter_1\nok<<x\ntrue\nx\n"],
  ["what is no UTF-8", Buffer.from([0xff, 0xfe, 0xc0, 0x0a, 0x3a, 0x3a]).toString("latin1")],
  ["a megabyte of commands", "::error::mine\n".repeat(75_000)],
  ["a megabyte in one line", `##[error]${"x".repeat(1024 * 1024)}`],
];

describe.concurrent("an answer that holds", () => {
  test.each(HOSTILE)("%s gives the runner no command and the log no second line", async (_, body) => {
    const answers = [
      { status: 503, body },
      { status: 400, body },
    ];
    const { step } = await runPostStep({ "max-retry-delay": "10ms" }, { answers, debug: true });
    expect(parseSingleResult(step)).toMatchObject({
      outcome: "failed",
      responseStatus: 400,
      attemptCount: 2,
    });
    expect(step.annotations).toMatchObject([{ level: "error", title: "Heron Webhooks" }]);
    expect(step.annotations[0]?.message).toMatch(
      /^127\.0\.0\.1:\d+: answered 400, .* \(after 2 attempts\)$/s,
    );
    expect(step.outputs).toMatchObject({ ok: "false", attempts: "2", failed: "1" });
    // A line that is left is the action's own.
    const [, said = ""] = step.log.split("##[endgroup]\n");
    for (const line of said.split("\n"))
      expect(line).toMatch(/^(?:##\[(?:debug|error)\])?(?:127\.0\.0\.1:|Set |Node )/);
    expect(said.match(/##\[(?!debug\]|error\]127)/g)).toBeNull();
    for (const text of [said, step.outputs["results"], step.summary])
      expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202e\u2066]/u);
    expect(step.summary).not.toMatch(/<(?:script|img|a)\b/);
    expect(step.groups).toEqual([]);
    expect(parseSingleResult(step).reason?.length).toBeLessThan(300);
    expect(parseSingleResult(step).reason).not.toContain("::");
  });

  test("the same gives none where Slack says it", async () => {
    for (let first = 0; first < HOSTILE.length; first += 8) {
      const bodies = HOSTILE.slice(first, first + 8).map(([, body]) => body);
      const { step } = await runPostStep(
        (origin) => ({
          url: "",
          "slack-webhook": bodies.map((_, i) => `${origin}/services/T0/B0/${i}`).join("\n"),
        }),
        { answers: ({ path }) => ({ status: 400, body: bodies[Number(path.at(-1))] ?? "" }) },
      );
      for (const { reason } of parseResults(step)) {
        expect(reason).toMatch(/^answered 400(?:$|: )/);
        expect(reason).not.toMatch(/::|##\[|\p{Cc}|: </u);
      }
      expect(step.log.match(/^##\[error\]127/gm)).toHaveLength(bodies.length);
      expect(step.annotations).toHaveLength(bodies.length);
    }
  });

  test("a header of commands is not shown", async () => {
    const headers = { "x-error": "##[error]mine", location: "::error::mine", "retry-after": "##[error]mine" };
    const { step } = await runPostStep(
      { retries: 1, "max-retry-delay": "10ms" },
      { answers: [{ status: 503, headers }] },
    );
    expect(step.annotations).toHaveLength(1);
    expect(step.log).not.toContain("mine");
  });
});
