import { describe, expect, test } from "vitest";
import { pairsOf } from "./files.ts";
import { runScript } from "./run-script.ts";
import type { StepResult } from "./run-step.ts";

async function written(variable: string, text: string): Promise<StepResult> {
  return await runScript(
    `import { appendFileSync } from "node:fs"; appendFileSync(process.env.${variable}, ${JSON.stringify(text)});`,
  );
}

const read = (text: string, windows = false): unknown[] => [...pairsOf(text, windows)];

describe("the grammar of files", () => {
  test.each<[string, unknown]>([
    [
      "a=1\n\nb=2",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ["a==<<x\n", [["a", "=<<x"]]],
    ["a=\n", [["a", ""]]],
    [
      "a<<E\none\n\ntwo\nE\nb=3\n",
      [
        ["a", "one\n\ntwo"],
        ["b", "3"],
      ],
    ],
    ["a<<E\nE", [["a", ""]]],
    ["a<<E\n\nE\n", [["a", ""]]],
    ["a<<E\n\n\nE\n", [["a", "\n"]]],
    ["a<<x=y\nv\nx=y\n", [["a", "v"]]],
    ["a<<E\nv\r\nE\n", [["a", "v\r"]]],
    ["a=1\r\n", [["a", "1\r"]]],
  ])("%j", (text, pairs) => {
    expect(read(text)).toEqual(pairs);
  });

  test("on Windows, lines may end in two characters", () => {
    expect(read("a<<E\r\none\r\ntwo\nE\r\nb=1\r\n", true)).toEqual([
      ["a", "one\r\ntwo"],
      ["b", "1"],
    ]);
  });

  test.each<[string, string]>([
    ["a", "Invalid format 'a'"],
    ["<<E\nE", "Invalid format '<<E'. Name must not be empty and delimiter must not be empty"],
    ["a<<\n", "Invalid format 'a<<'. Name must not be empty and delimiter must not be empty"],
    ["a<<E\nv\n", "Invalid value. Matching delimiter not found 'E'"],
    ["a<<E\n", "Invalid value. Matching delimiter not found 'E'"],
    ["a<<E\nv", "Invalid value. EOF marker missing new line."],
    ["a<<E\nv\r\nE\r\n", "Invalid value. Matching delimiter not found 'E'"],
  ])("%j is malformed", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("files of a step", () => {
  test("outputs, state, environment and paths", async () => {
    const output = await written("GITHUB_OUTPUT", "\ufeffok=true\nOK=false\nlong<<E\n1\n2\nE\n");
    expect(output).toMatchObject({ outputs: { ok: "false", long: "1\n2" }, conclusion: "success" });
    expect(output.debug).toContain("Set output OK = false");
    expect((await written("GITHUB_STATE", "a=1\n")).state).toEqual({ a: "1" });
    expect((await written("GITHUB_ENV", "A=1\na=2\n")).exportedEnv).toEqual({ A: "1", a: "2" });
    expect((await written("GITHUB_PATH", "/a\n\n/b\r\n")).addedPaths).toEqual(["/a", "/b"]);
  });

  test.each<[string, string, string]>([
    ["GITHUB_OUTPUT", "output", "Invalid format 'no pair'"],
    ["GITHUB_ENV", "env", "Invalid format 'no pair'"],
    ["GITHUB_STATE", "state", "Invalid format 'no pair'"],
  ])("a malformed %s fails the step, and keeps what stood before", async (variable, name, message) => {
    const result = await written(variable, "a=1\nno pair\nb=2\n");
    expect(result).toMatchObject({
      exitCode: 0,
      conclusion: "failure",
      annotations: [
        { level: "error", message: `Unable to process file command '${name}' successfully.` },
        { level: "error", message },
      ],
    });
    expect({ ...result.outputs, ...result.state, ...result.exportedEnv }).toEqual({ a: "1" });
  });

  test("an output without a name fails the step", async () => {
    expect(await written("GITHUB_OUTPUT", "=1\n")).toMatchObject({ conclusion: "failure", outputs: {} });
  });

  test("NODE_OPTIONS is rejected, with an error and no failure", async () => {
    const result = await written("GITHUB_ENV", "node_options=--inspect\nB=1\n");
    expect(result).toMatchObject({
      conclusion: "success",
      exportedEnv: { B: "1" },
      annotations: [
        {
          level: "error",
          message: "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.",
        },
      ],
    });
  });

  test("a summary of more than 1 MiB is not shown, with an error and no failure", async () => {
    const script = (bytes: number): string =>
      `import { writeFileSync } from "node:fs"; writeFileSync(process.env.GITHUB_STEP_SUMMARY, "x".repeat(${bytes}))`;
    expect((await runScript(script(1024 * 1024))).summary).toHaveLength(1024 * 1024 + 1);
    const result = await runScript(script(1024 * 1024 + 2048));
    expect(result).toMatchObject({ conclusion: "success", summary: "" });
    expect(result.annotations).toMatchObject([{ level: "error" }]);
    expect(result.annotations[0]?.message).toContain("supports content up to a size of 1024k, got 1026k.");
  });

  test("a file that the step took away is none", async () => {
    const result = await runScript(`
      import { unlinkSync } from "node:fs";
      for (const name of ["OUTPUT", "ENV", "STATE", "PATH", "STEP_SUMMARY"]) unlinkSync(process.env["GITHUB_" + name]);`);
    expect(result).toMatchObject({ conclusion: "success", outputs: {}, summary: "", annotations: [] });
  });
});
