import { describe, expect, test } from "vitest";
import { CANARIES, expectNoLeak, findSecrets, withCanaries } from "./canaries.ts";
import { getMaskEncodings } from "./runner/masking.ts";
import { runStep, type StepResult } from "./runner/run-step.ts";
import { type Answer, Receiver } from "./runner/servers/receiver.ts";

/** A step whose webhook answers so, one attempt after the other. */
async function runWithAnswers(answers: readonly Answer[]): Promise<StepResult> {
  await using receiver = await Receiver.open({ answers });
  const given = {
    ...withCanaries(receiver.origin),
    "slack-webhook": "",
    retries: 10,
    "max-retry-delay": "1ms",
  };
  const step = await runStep({ with: given, secrets: findSecrets(given), debug: true });
  expect(receiver.requests).toHaveLength(answers.length);
  expect(step).toMatchObject({ exitCode: 1, outputs: { attempts: String(answers.length), failed: "1" } });
  return step;
}

describe.concurrent("a secret that the server says back", () => {
  const { secret, token, header, bearer } = CANARIES;

  test.each([secret, token, header, bearer])("is not shown, in no encoding: %#", async (canary) => {
    // But for what command lines make of it, which are none of a server's.
    const encodings = getMaskEncodings(canary).filter(
      (text) => text === canary || !(canary.includes(text) || text === canary.replaceAll("'", "''")),
    );
    for (let at = 0; at < encodings.length; at += 11) {
      const some = encodings.slice(at, at + 11).map((text) => `no ${text} here`);
      const bodies = [...some, ...Array<string>(11 - some.length).fill("")];
      const step = await runWithAnswers(bodies.map((body) => ({ status: 503, body })));
      expectNoLeak(step);
      expect(step.debug.filter((line) => /attempt .* no .*\*\*\*.* here/.test(line))).toHaveLength(
        some.length,
      );
    }
  });

  test.each([secret, token, header, bearer])(
    "is not shown in part, where what it says is cut: %#",
    async (canary) => {
      const bodies = [1, 4, 8, 12].map((shown) => `${"x".repeat(200 - shown)}${canary}`);
      const step = await runWithAnswers([
        ...bodies.map((body) => ({ status: 503, body })),
        { status: 400, body: "no" },
      ]);
      expectNoLeak(step);
      expect(step.debug.join("\n")).not.toContain(`xx${canary.slice(0, 4)}`);
      expect(step.debug.filter((line) => /xxx\*{1,3}/.test(line))).toHaveLength(4);
    },
  );

  test("is not shown where it is broken up by what is made harmless in an answer", async () => {
    const step = await runWithAnswers([{ status: 400, body: `no: ${secret}\n${secret}` }]);
    expect(step.annotations[0]?.message).toMatch(/: no: \*\*\* \*\*\*$/);
    expectNoLeak(step);
  });

  test("is not shown from a header, a status line or a redirect", async () => {
    const uri = encodeURIComponent(token);
    const headers = { "retry-after": bearer, "x-echo": encodeURIComponent(secret), "content-type": uri };
    expectNoLeak(await runWithAnswers([{ redirect: `/?token=${uri}`, headers }]));
  });
});

test("a secret that begins as another does is not shown in part", async () => {
  await using receiver = await Receiver.open({
    answers: [{ status: 400, body: "no sec_0123456789abcdef_longer" }],
  });
  const secret = "sec_0123456789abcdef\nsec_0123456789abcdef_longer";
  const url = `${receiver.url("/a")}\n${receiver.url("/b")}`;
  const step = await runStep({ with: { url, secret } });
  for (const { message } of step.annotations) expect(message).toMatch(/: no \*\*\*$/);
  expect(step.rawFiles["output"]).not.toContain("_longer");
});
