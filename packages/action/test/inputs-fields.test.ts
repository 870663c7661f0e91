import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codePoint } from "./code-points.ts";
import { runAndGetBody, runAndGetError } from "./step.ts";

async function getData(
  fields: string,
  given: Readonly<Record<string, string>> = { data: "{}" },
): Promise<unknown> {
  return (await runAndGetBody({ ...given, fields }))["data"];
}

describe.concurrent("fields", () => {
  test("take text as it is: no quotes, no placeholders, no types", async () => {
    const fields = `\na="quoted"\n  b-2 = {{ github.actor }} \nc=12\n_d=\ne= a = b := c\n\nf='\\n'`;
    expect(await getData(fields)).toEqual({
      a: '"quoted"',
      "b-2": "{{ github.actor }}",
      c: "12",
      _d: "",
      e: "a = b := c",
      f: "'\\n'",
    });
  });

  test("go on over lines that begin no field, which stay what they are", async () => {
    expect(await getData("a=one  \n  two\r\n\n\tthree: 3\n```\nb:=github.actor\n\nc=x\n\n")).toEqual({
      a: "one  \n  two\r\n\n\tthree: 3\n```",
      b: "octocat",
      c: "x",
    });
  });

  test("take values of the context of any type", async () => {
    const event = { pull: { labels: [{ name: "a" }], draft: false, body: null }, inputs: { "my-key": 1 } };
    const fields =
      'l:=github.event.pull.labels\nd:=github.event.pull.draft\nb:=github.event.pull.body\nk:= github.event.inputs["my-key"]\nn:=github.event.none ?? 0\ns:=job.status';
    const { data } = await runAndGetBody({ data: "{}", fields }, { event });
    expect(data).toEqual({ l: [{ name: "a" }], d: false, b: null, k: 1, n: 0, s: "success" });
  });

  test("are added to data, and win over what started the workflow", async () => {
    expect(await getData("a=new", { data: '{"b":2}' })).toEqual({ b: 2, a: "new" });
    expect(await getData("actor=me", {})).toMatchObject({ actor: "me", workflow: "CI" });
  });

  test("may have names that mean something to JavaScript", async () => {
    const { data } = await runAndGetBody({ data: "{}", fields: "__proto__=a\nconstructor=b\ntoString=c" });
    expect(Object.entries(data as object)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["toString", "c"],
    ]);
  });

  test("do not win over data that was given, which text that looks like a field could do", async () => {
    expect(await runAndGetError({ data: '{"a":1}', fields: "b=text\na=2" })).toMatch(
      /^Input fields sets a, which is in data already\. .* read such text by its path/,
    );
  });

  test.each<[string, string]>([
    ["a line without a sign", "production"],
    ["a name with a space", "my name=x"],
    ["a name that begins with a digit", "1st=x"],
    ["a path that goes on", "a:=github.actor\nand more"],
  ])("with %s are rejected with how they are written", async (_name, fields) => {
    expect(await runAndGetError({ fields })).toBe(
      "Input fields must be lines of name=text or name:=path, such as commit:=github.event.head_commit.message.",
    );
  });

  test("named twice are rejected, with how that comes about", async () => {
    expect(await runAndGetError({ fields: "a=the text\nb=1\na=2" })).toMatch(
      /^Input fields names a field twice\. .* read such text by its path, as in commit:=github\.event\.head_commit\.message\.$/,
    );
  });

  test.each<[string, string]>([
    ["a:=github.actr", "Input fields, a: github.actr is missing: github has actor,"],
    ["a:=env.TOKEN", "Input fields, a: Invalid template: at the top, character 4: expected a path"],
    ["a:=", "Input fields, a: Invalid template:"],
    ["a:=data.x", 'expected a path that begins with job or github, found "data"'],
  ])("%s is rejected with what is there", async (fields, why) => {
    expect(await runAndGetError({ fields })).toContain(why);
  });

  test.each(["[]", "1", "null", '"x"'])("cannot be put into data that is %s", async (data) => {
    expect(await runAndGetError({ data, fields: "a=1" })).toBe(
      "Input fields can be put only into data that is a JSON object.",
    );
  });
});

test("whatever text is put in arrives as it was", async () => {
  // What a variable of the environment can hold, and what is not trimmed from its ends or taken for a field.
  const hostile = fc.constantFrom(
    '"',
    "\\",
    "`",
    "\n",
    "\r\n",
    "{{",
    "}}",
    "${{",
    "::error::",
    "##[error]",
    "😀",
    " ",
  );
  const text = fc
    .array(fc.oneof({ weight: 2, arbitrary: hostile }, fc.string({ unit: codePoint, maxLength: 6 })), {
      maxLength: 12,
    })
    .map((parts) => parts.join("").replaceAll("\0", "").trim())
    .filter((joined) => !/^\s*[A-Za-z_][\w-]*\s*:?=/m.test(joined));
  const many = fc.array(text, { minLength: 30, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(many, async (texts) => {
      const named = texts.map((one, i): [string, string] => [`f${i}`, one]);
      const fields = named.map(([name, one]) => `${name}=${one}`).join("\n");
      expect(await getData(fields)).toEqual(Object.fromEntries(named));
    }),
    { ...getRuns(4), endOnFailure: true },
  );
});
