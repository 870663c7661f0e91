import { readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { withTables } from "../readme.ts";
import { Slack } from "./runner/servers/slack.ts";
import { runPostStep } from "./step.ts";

interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly runs: Readonly<Record<string, unknown>>;
}

const folder = new URL("../", import.meta.url);
const manifest = parse(readFileSync(new URL("action.yml", folder), "utf8")) as Manifest;
const { inputs, outputs, runs } = manifest;

/** Notes which inputs a step reads from its environment, in a file of the workspace. */
const spy = `data:text/javascript,${encodeURIComponent(`
import { writeFileSync } from "node:fs";
const read = new Set();
process.env = new Proxy(process.env, {
  get(env, name) {
    if (String(name).startsWith("INPUT_")) read.add(name);
    return env[name];
  },
});
process.on("exit", () => writeFileSync("read.json", JSON.stringify([...read])));
`)}`;

describe("every input that is declared", () => {
  test("is read by the step, which reads no other", async () => {
    await using slack = await Slack.open();
    const { step } = await runPostStep(
      { "slack-webhook": slack.url },
      { rawEnv: { NODE_OPTIONS: `--import=${spy}` } },
    );
    expect(step).toMatchObject({ exitCode: 0, outputs: { delivered: "2" } });
    const [read = ""] = Object.values(step.filesLeft);
    const variables = Object.keys(inputs).map((name) => `INPUT_${name.toUpperCase()}`);
    expect((JSON.parse(read) as string[]).sort()).toEqual(variables.sort());
  });

  test("has text for a default, as whatever YAML takes for something else would not be", () => {
    for (const input of Object.values(inputs)) expect(typeof (input["default"] ?? "")).toBe("string");
  });

  test("is not said to be required, which the runner would not look at", () => {
    for (const input of Object.values(inputs))
      expect(Object.keys(input).filter((key) => !["description", "default"].includes(key))).toEqual([]);
  });

  test("has a default of nothing but contexts that are there for one", () => {
    const contexts = Object.values(inputs).flatMap((input) =>
      [...String(input["default"] ?? "").matchAll(/\$\{\{\s*(\w+)/g)].map(([, context]) => context),
    );
    expect(contexts).toEqual(["job"]);
    // Source: GitHub Docs, "Contexts", availability: these and `hashFiles` alone.
    for (const context of contexts)
      expect(["github", "strategy", "matrix", "job", "runner"]).toContain(context);
  });
});

test("every output that is set is declared, and every one declared is set", async () => {
  const { step } = await runPostStep();
  expect(Object.keys(step.outputs).sort()).toEqual(Object.keys(outputs).sort());
});

test("nothing but defaults holds an expression, which the runner would refuse", () => {
  const texts = [
    manifest.name,
    manifest.description,
    ...[...Object.values(inputs), ...Object.values(outputs)].map(({ description }) => description),
  ];
  for (const text of texts) {
    expect(text).toMatch(/\S/);
    expect(text).not.toContain("${{");
  }
});

test("descriptions are cells of a table: one line, without bars", () => {
  for (const { description } of [...Object.values(inputs), ...Object.values(outputs)])
    expect(description).toMatch(/^[^|\n]+\.$/);
});

test("what is run is there, with the Node that runners have", () => {
  expect(runs).toEqual({ using: "node24", main: "dist/main.js" });
  expect(statSync(new URL(String(runs["main"]), folder)).isFile()).toBe(true);
});

test("the README's tables are those of action.yml; if not: node readme.ts", () => {
  const page = readFileSync(new URL("README.md", folder), "utf8");
  expect(withTables(page)).toBe(page);
  for (const name of [...Object.keys(inputs), ...Object.keys(outputs)])
    expect(page).toContain(`| \`${name}\` |`);
  // Both tables are found, so that one which is out of date would be.
  for (const row of ["| `retries` |", "| `attempts` |"])
    expect(withTables(page.replace(row, "| `x` |"))).toBe(page);
});

test("the README's keys of results are those there are", async () => {
  const { step } = await runPostStep();
  const [result = {}] = JSON.parse(step.outputs["results"] ?? "") as readonly object[];
  const said = String(outputs["results"]?.["description"]);
  expect(said).toContain(
    Object.keys(result)
      .join(", ")
      .replace(/, (\w+)$/, " and $1"),
  );
});
