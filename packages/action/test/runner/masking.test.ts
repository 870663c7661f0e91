import { describe, expect, test } from "vitest";
import { getMaskEncodings, Masker } from "./masking.ts";
import { runLines, runScript } from "./run-script.ts";

const secret = 's3cr&t/"it\'s"+<é>';

function masked(text: string, ...values: readonly string[]): string {
  const masker = new Masker();
  for (const value of values) masker.add(value);
  return masker.mask(text);
}

describe("masking", () => {
  test.each<[string, string]>([
    ["as it is", secret],
    ["base64", Buffer.from(secret).toString("base64")],
    ["base64 from the second byte", Buffer.from(secret).subarray(1).toString("base64")],
    ["base64 from the third byte", Buffer.from(secret).subarray(2).toString("base64")],
    ["on a command line", secret.replaceAll('"', '\\"')],
    ["in an expression", secret.replaceAll("'", "''")],
    ["in JSON", JSON.stringify(secret).slice(1, -1)],
    ["in a URI", "s3cr%26t%2F%22it%27s%22%2B%3C%C3%A9%3E"],
    ["in XML", "s3cr&amp;t/&quot;it&apos;s&quot;+&lt;é&gt;"],
  ])("hides a value %s", (_name, text) => {
    expect(masked(`a ${text} b`, secret)).toBe("a *** b");
  });

  test("hides a user and password in basic authentication", () => {
    for (const user of ["a", "ab", "abc", "abcd"]) {
      const header = Buffer.from(`${user}:the-password`).toString("base64");
      expect(masked(header, "the-password")).toContain("***");
    }
  });

  test("hides what PowerShell cuts in two, and what stands in quotes", () => {
    expect(masked("first&second&", "first&second&third1")).toBe("***");
    expect(masked("third1", "first&second&third1")).toBe("***");
    expect(masked("x first1&+ T hird123", "first1&+Third123")).toBe("x *** T ***");
    expect(masked("abc&", "abc&def")).toBe("abc&");
    expect(masked("x 12345678 y", '"12345678"')).toBe("x *** y");
    expect(masked("x 123456 y", '"123456"')).toBe("x 123456 y");
  });

  test("knows no other encoding, and no other case", () => {
    expect(masked(Buffer.from(secret).toString("hex"), secret)).toMatch(/^[0-9a-f]+$/);
    expect(masked("SESAME", "sesame")).toBe("SESAME");
  });

  test("puts one mark for what overlaps or touches", () => {
    expect(masked("xababay", "aba")).toBe("x***y");
    expect(masked("xabcdy", "ab", "cd")).toBe("x***y");
    expect(masked("ab-ab", "ab")).toBe("***-***");
    expect(masked("", "ab")).toBe("");
  });
});

describe("add-mask", () => {
  test("masks from then on, in any encoding, in both streams", async () => {
    const { log, masks, rawOutput } = await runScript(`
      console.log("before: sesame");
      console.log("::add-mask::sesame");
      console.log("after: sesame, " + btoa("sesame") + ", ::error::sesame");`);
    expect(log).toContain("before: sesame\nafter: ***, ***, ::error::***");
    expect(masks).toEqual(["sesame"]);
    expect(rawOutput).toContain("after: sesame");
  });

  test("masks each line of a value by itself, trimmed", async () => {
    const { log, masks } = await runLines([
      "::add-mask::one%0D%0A  two %0A%0Athree",
      "two",
      "x one",
      "three",
    ]);
    expect(log.split("\n").slice(-3)).toEqual(["***", "x ***", "***"]);
    expect(masks).toEqual(["one\r\n  two \n\nthree"]);
  });

  test.each(["", " ", "%0A"])("of %j is a warning", async (value) => {
    const { annotations, masks } = await runLines([`::add-mask::${value}`]);
    expect(annotations).toMatchObject([
      { level: "warning", message: "Can't add secret mask for empty string in ##[add-mask] command." },
    ]);
    expect(masks).toEqual([]);
  });

  test("secrets and the runner's own tokens are masked without it", async () => {
    const { log } = await runScript(
      "console.log(process.env.ACTIONS_RUNTIME_TOKEN, process.env.INPUT_TOKEN, 'line two')",
      { inputs: `token: { default: "\${{ github.token }}" }`, secrets: ["line one\n line two "] },
    );
    expect(log.split("\n").slice(-1)).toEqual(["*** *** ***"]);
  });
});

describe("outputs and the summary", () => {
  test("jobs do not get an output that holds what is masked, nor an empty one", async () => {
    const { outputs, jobOutputs } = await runScript(`
      import { appendFileSync } from "node:fs";
      console.log("::add-mask::sesame");
      appendFileSync(process.env.GITHUB_OUTPUT, "a=open sesame\\nb=c2VzYW1l\\nc=fine\\nd=\\n");`);
    expect(outputs).toEqual({ a: "open sesame", b: "c2VzYW1l", c: "fine", d: "" });
    expect(jobOutputs).toEqual({ c: "fine" });
  });

  test("the summary is masked line by line, and raw files are not", async () => {
    const { summary, rawFiles } = await runScript(`
      import { appendFileSync } from "node:fs";
      console.log("::add-mask::sesame");
      appendFileSync(process.env.GITHUB_STEP_SUMMARY, "# sesame\\r\\nok");`);
    expect(summary).toBe("# ***\nok\n");
    expect(rawFiles["step_summary"]).toBe("# sesame\r\nok");
  });
});

describe("encodings to look for", () => {
  const value = "sk_live/Ω+x yz?&'()!*~";

  test.each<[string, string]>([
    ["hex", Buffer.from(value).toString("hex")],
    ["hex in capitals", Buffer.from(value).toString("hex").toUpperCase()],
    ["base64url", Buffer.from(value).toString("base64url")],
    ["encodeURIComponent", encodeURIComponent(value)],
    ["percent encoding in small letters", encodeURIComponent(value).toLowerCase().replace("ω", "Ω")],
    ["a form", new URLSearchParams({ a: value }).toString()],
    ["JSON", JSON.stringify({ a: value })],
    ["base64 of more", Buffer.from(`user:${value}, and more`).toString("base64")],
    ["base64url of more", Buffer.from(`users:${value}.`).toString("base64url")],
    ["HTML", value.replaceAll("&", "&amp;").replaceAll("'", "&#39;")],
  ])("one is found in %s", (_name, text) => {
    expect(getMaskEncodings(value).filter((encoding) => text.includes(encoding))).not.toEqual([]);
  });

  test("none is found in another text", () => {
    const text = "a text about sk_live, in which nothing is said";
    expect(getMaskEncodings(value).filter((encoding) => text.includes(encoding))).toEqual([]);
  });
});
