import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codePoint } from "./code-points.ts";
import {
  type Json,
  parseSignedBody,
  runAndGetBody,
  runAndGetError,
  runPostStep,
  toExpression,
} from "./step.ts";

const HOSTILE: readonly string[] = [
  'say "hi"',
  "it's \\ and / and \\n",
  "one\ntwo\r\nthree\rfour",
  "`rm -rf $HOME` $(id) %PATH%",
  "😀 ünïcödé \u2028 \u2029 \u0085 \ufeff \u202e",
  "::error::not mine\n::set-output name=ok::no\n::stop-commands::x\n::add-mask::true",
  "a ##[error]not mine ##[add-mask]true",
  "%0A::error::not mine %25",
  toExpression("secrets.TOKEN"),
  "{{ data.none }} {{{{ }}",
  "<!channel> <@U1> & </script>",
  "a=b\nstatus:=github.actor\n: x",
  "EOF\nok=false\nghadelimiter_x",
  "\u0001\u001b[31m\u007f",
];

const COMMIT = "commit:=github.event.head_commit.message";

async function createCommit(message: string, fields: string = COMMIT): Promise<unknown> {
  const { step, requests } = await runPostStep(
    { fields },
    { event: { head_commit: { message } }, debug: true },
  );
  expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true" } });
  expect(step.masks).not.toContain("true");
  return (parseSignedBody(requests[0])["data"] as Json)["commit"];
}

describe.concurrent("text that others wrote", () => {
  test.each(HOSTILE)("in a commit message arrives as it was: %j", async (message) => {
    expect(await createCommit(message)).toBe(message);
  });

  test("with half an emoji arrives as it was", async () => {
    const message = "half \ud83d of it \ude00 and \u0000";
    expect(await createCommit(message)).toBe(message);
  });

  test("in every field at once arrives as it was, put in by the workflow or by its path", async () => {
    const event = Object.fromEntries(HOSTILE.map((text, i) => [`t${i}`, text]));
    const byPath = HOSTILE.map((_, i) => `p${i}:=github.event.t${i}`);
    const asText = HOSTILE.filter((text) => !text.includes("a=b") && !text.includes("ok=")).map(
      (text, i): [string, string] => [`f${i}`, text],
    );
    const fields = [...byPath, ...asText.map(([name, text]) => `${name}=${text}`)].join("\n");
    const { data } = await runAndGetBody({ data: "{}", fields }, { event });
    expect(data).toEqual({
      ...Object.fromEntries(HOSTILE.map((text, i) => [`p${i}`, text])),
      ...Object.fromEntries(asText),
    });
  });

  test("in data arrives as it was", async () => {
    const data = {
      list: HOSTILE,
      __proto__: null,
      ...Object.fromEntries(HOSTILE.map((text) => [text, text])),
    };
    const { step, requests } = await runPostStep({ data: JSON.stringify(data) });
    expect(parseSignedBody(requests[0])["data"]).toEqual(data);
    // Of the expression in it, and of nothing else.
    expect(step.annotations).toMatchObject([{ level: "warning", title: "Heron Webhooks" }]);
  });

  test("stands in a topic, a title or a reference without doing anything", async () => {
    const message = HOSTILE.join(" ");
    const event = { action: message, head_commit: { message, author: { name: message } } };
    const { step, requests } = await runPostStep(
      {},
      { event, context: { head_ref: message, ref_name: message } },
    );
    expect(step.annotations).toEqual([]);
    const { topic, data } = parseSignedBody(requests[0]);
    expect(topic).toMatch(/^push\.[a-z0-9_]{1,60}$/);
    expect(data).toMatchObject({ ref: message.replaceAll("\0", ""), author: message });
    const dry = await runPostStep({ "dry-run": true, fields: COMMIT }, { event, debug: true });
    expect(dry.step.annotations).toMatchObject([{ level: "notice" }]);
    expect(dry.step.log).not.toMatch(/^##\[(?:error|warning)\]/m);
  });

  test("can be near the largest body; beyond, it is rejected", async () => {
    const long = "é\n".repeat(60_000);
    expect(await createCommit(long)).toBe(long);
    const event = { head_commit: { message: "x".repeat(1024 * 1024) } };
    expect(await runAndGetError({ fields: COMMIT }, { event })).toBe(
      "Input fields, commit: The template rendered to more than 256 KiB: read less of the event.",
    );
    // Of which the summary takes no more than a title.
    const { data } = await runAndGetBody({}, { event });
    expect((data as Json)["title"]).toBe("x".repeat(200));
  });

  test.skipIf(process.platform !== "linux")("may be nearly all that a variable holds", async () => {
    const text = "\"'`::error::{{".repeat(8000);
    expect((await runAndGetBody({ data: "{}", fields: `a=${text}` }))["data"]).toEqual({ a: text });
  });
});

test("whatever a commit message holds arrives as it was", async () => {
  const special = fc.constantFrom(...HOSTILE, "\ud800", "\udfff", "\0", '"', "\\", "}}");
  const part = fc.oneof(special, fc.string({ unit: codePoint }), fc.string({ unit: "grapheme" }));
  const message = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 30, maxLength: 60 }), async (messages) => {
      const fields = messages.map((_, i) => `c${i}:=github.event.commits[${i}].message`).join("\n");
      const event = { commits: messages.map((text) => ({ message: text })) };
      const { data } = await runAndGetBody({ data: "{}", fields }, { event });
      expect(data).toEqual(Object.fromEntries(messages.map((text, i) => [`c${i}`, text])));
    }),
    { ...getRuns(4), endOnFailure: true },
  );
});
