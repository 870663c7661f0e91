import { describe, expect, test } from "vitest";
import { runScript } from "./run-script.ts";

const at = (expression: string): string => `\${{ ${expression} }}`;
const printsInputs =
  "console.log(JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([k]) => k.startsWith('INPUT_')))))";

async function getInputs(inputs: string, options: Parameters<typeof runScript>[1] = {}): Promise<unknown> {
  const { rawOutput } = await runScript(printsInputs, { ...options, inputs });
  return JSON.parse(rawOutput);
}

describe("variables of inputs", () => {
  test("names are upper case with underscores for spaces; hyphens and dots stay", async () => {
    expect(
      await getInputs("some-name.x: {}\na b c: {}", { with: { "some-name.x": "1", "a b c": "2" } }),
    ).toEqual({
      "INPUT_SOME-NAME.X": "1",
      INPUT_A_B_C: "2",
    });
  });

  test("names are the same in any case, and given twice they are rejected", async () => {
    expect(await getInputs("Url: { default: none }", { with: { uRL: "given" } })).toEqual({
      INPUT_URL: "given",
    });
    await expect(getInputs("url: {}", { with: { url: "1", URL: "2" } })).rejects.toThrow("already defined");
  });

  test("every declared input is there, empty without a default, required or not", async () => {
    expect(await getInputs("a: { required: true }\nb:\nc: { default: false }\nd: { default: 4 }")).toEqual({
      INPUT_A: "",
      INPUT_B: "",
      INPUT_C: "false",
      INPUT_D: "4",
    });
  });

  test("a default applies only where the name is absent", async () => {
    const inputs = "a: { default: x }\nb: { default: x }\nc: { default: x }";
    expect(await getInputs(inputs, { with: { a: "", b: undefined } })).toEqual({
      INPUT_A: "",
      INPUT_B: "x",
      INPUT_C: "x",
    });
  });

  test("everything given becomes text, and is not evaluated", async () => {
    const given = { a: true, b: 4, c: at("github.sha"), d: " \"'`\r\n😀::error::" };
    expect(await getInputs("a:\nb:\nc:\nd:", { with: given })).toEqual({
      INPUT_A: "true",
      INPUT_B: "4",
      INPUT_C: given.c,
      INPUT_D: given.d,
    });
  });

  test("a default is evaluated when the step runs", async () => {
    const inputs = [
      `a: { default: "${at("job.status")}" }`,
      `b: { default: "x.${at("github.event_name")}.\${{GITHUB.Event.head_commit['message']}}" }`,
      `c: { default: "${at("github.token")}" }`,
      `d: { default: "${["github.event.nothing.there", "'it''s'", "github.event"].map(at).join("|")}" }`,
    ].join("\n");
    const values = await getInputs(inputs, {
      jobStatus: "cancelled",
      eventName: "push",
      event: { head_commit: { message: "fix: it" } },
      context: { token: "ghs_mine" },
    });
    expect(values).toEqual({
      INPUT_A: "cancelled",
      INPUT_B: "x.push.fix: it",
      INPUT_C: "ghs_mine",
      INPUT_D: "|it's|Object",
    });
  });

  test.each(["secrets.X", "env.X", "inputs.x"])("a default may not use %s", async (name) => {
    await expect(getInputs(`a: { default: "${at(name)}" }`)).rejects.toThrow("Unrecognized named-value");
  });

  test("a default that the harness cannot evaluate is not guessed", async () => {
    await expect(getInputs(`a: { default: "${at("format('x')")}" }`)).rejects.toThrow(
      "not one that the harness",
    );
  });
});

describe("warnings on inputs", () => {
  test("an input that is not declared is a warning, and passed on", async () => {
    const { annotations, conclusion, rawOutput } = await runScript(printsInputs, {
      inputs: "url: {}\nSecret: {}",
      with: { url: "1", ulr: "2", two: "3" },
    });
    expect(annotations).toMatchObject([
      {
        level: "warning",
        message: "Unexpected input(s) 'ulr', 'two', valid inputs are ['url', 'Secret']",
      },
    ]);
    expect(conclusion).toBe("success");
    expect(JSON.parse(rawOutput)).toMatchObject({ INPUT_ULR: "2" });
  });

  test("a deprecated input warns where it is given", async () => {
    const inputs = "a: { deprecationMessage: take b }";
    expect((await runScript("", { inputs })).annotations).toEqual([]);
    expect((await runScript("", { inputs, with: { A: "" } })).annotations).toMatchObject([
      { level: "warning", message: "Input 'A' has been deprecated with message: take b" },
    ]);
  });
});

describe("the log before the action", () => {
  test("shows inputs that are not empty and the env, masked by the secrets that are known", async () => {
    const { log } = await runScript("console.log('::add-mask::later'); console.log('later')", {
      inputs: "url: {}\nempty: {}\nsoon: { default: later }",
      with: { url: "https://host/hook-secret?x" },
      env: { TOKEN: "in-the-env" },
      secrets: ["hook-secret"],
    });
    const [first, ...rest] = log.split("\n");
    expect(first).toMatch(/^##\[group\]Run /);
    expect(rest).toEqual([
      "with:",
      "  url: https://host/***?x",
      "  soon: later",
      "env:",
      "  TOKEN: in-the-env",
      "##[endgroup]",
      "***",
    ]);
  });
});
