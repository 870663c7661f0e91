import { describe, expect, test } from "vitest";
import { runScript } from "./run-script.ts";
import { runStep } from "./run-step.ts";
import { scriptAction } from "./script-action.ts";

const printsEnvironment = `
import { readdirSync, readFileSync, realpathSync } from "node:fs";
let event = null;
try { event = readFileSync(process.env.GITHUB_EVENT_PATH, "utf8"); } catch {}
console.log(JSON.stringify({ env: process.env, cwd: realpathSync("."), files: readdirSync("."), event, argv: process.argv.slice(2) }));`;

interface Seen {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly files: readonly string[];
  readonly event: string | null;
  readonly argv: readonly string[];
}

async function seen(options: Parameters<typeof runScript>[1] = {}): Promise<Seen> {
  return JSON.parse((await runScript(printsEnvironment, options)).rawOutput) as Seen;
}

describe("the environment", () => {
  test("holds what the runner sets, PATH, and nothing else of this process", async () => {
    const { env } = await seen();
    const others = Object.keys(env).filter((name) => !/^(?:GITHUB_|RUNNER_|ACTIONS_)/.test(name));
    expect(others.sort()).toEqual(["CI", "PATH"]);
    expect(env).toMatchObject({
      GITHUB_ACTIONS: "true",
      GITHUB_ACTION_REPOSITORY: "",
      GITHUB_EVENT_NAME: "push",
      GITHUB_JOB: "build",
      GITHUB_REPOSITORY: "octo-org/octo-repo",
      GITHUB_REPOSITORY_OWNER: "octo-org",
      GITHUB_REF_NAME: "main",
      GITHUB_REF_TYPE: "branch",
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_SERVER_URL: "https://github.com",
    });
    expect(env).not.toHaveProperty("GITHUB_TOKEN");
    expect(env).not.toHaveProperty("GITHUB_EVENT");
    expect(env).not.toHaveProperty("RUNNER_DEBUG");
  });

  test("follows the context, and what is derived from it does too", async () => {
    const { env } = await seen({
      context: {
        repository: "a/b",
        ref: "refs/tags/v1.2",
        actor: "me",
        run_id: "7",
        server_url: "https://ghe",
      },
      eventName: "release",
      debug: true,
    });
    expect(env).toMatchObject({
      GITHUB_REPOSITORY_OWNER: "a",
      GITHUB_REF_NAME: "v1.2",
      GITHUB_REF_TYPE: "tag",
      GITHUB_TRIGGERING_ACTOR: "me",
      GITHUB_RUN_ID: "7",
      GITHUB_API_URL: "https://ghe/api/v3",
      GITHUB_EVENT_NAME: "release",
      RUNNER_DEBUG: "1",
    });
  });

  test("the step's env and raw variables come on top", async () => {
    const { env } = await seen({
      env: { HTTPS_PROXY: "http://proxy", GITHUB_JOB: "not mine to set" },
      rawEnv: { GITHUB_SHA: undefined, GITHUB_ACTOR: "raw", CI: undefined },
    });
    expect(env).toMatchObject({ HTTPS_PROXY: "http://proxy", GITHUB_JOB: "build", GITHUB_ACTOR: "raw" });
    expect(env).not.toHaveProperty("GITHUB_SHA");
    expect(env).not.toHaveProperty("CI");
  });

  test("the working directory is the workspace, empty but for the test's files", async () => {
    const { cwd, env, files, argv } = await seen();
    expect(cwd).toBe(env["GITHUB_WORKSPACE"]);
    expect(files).toEqual([]);
    expect(argv).toEqual([]);
    expect((await seen({ workspaceFiles: { "deep/er/a.json": "{}", b: Buffer.from([0]) } })).files).toEqual([
      "b",
      "deep",
    ]);
  });

  test("the event is there as JSON, or as the bytes it was given as", async () => {
    expect(JSON.parse((await seen({ event: { a: ["ü"] } })).event ?? "")).toEqual({ a: ["ü"] });
    expect((await seen({ event: Buffer.from("{") })).event).toBe("{");
    expect((await seen({ rawEnv: { GITHUB_EVENT_PATH: "/nowhere/event.json" } })).event).toBeNull();
  });
});

describe("the result", () => {
  test("is the exit code's alone", async () => {
    const erred = await runScript("console.log('::error::bad')");
    expect(erred).toMatchObject({ exitCode: 0, conclusion: "success", annotations: [{ level: "error" }] });
    expect(await runScript("process.exitCode = 3")).toMatchObject({ exitCode: 3, conclusion: "failure" });
    expect(await runScript("throw new Error('x')")).toMatchObject({ exitCode: 1, conclusion: "failure" });
  });

  test.skipIf(process.platform !== "linux")(
    "is a failure where an input is more than the system takes",
    async () => {
      const inputs = "a: {}";
      expect(await runScript("", { inputs, with: { a: "x".repeat(120 * 1024) } })).toMatchObject({
        exitCode: 0,
      });
      const result = await runScript("", { inputs, with: { a: "x".repeat(1024 * 1024) } });
      expect(result.conclusion).toBe("failure");
      expect(result.annotations[0]?.message).toMatch(/^An error occurred .* Argument list too long$/);
    },
  );

  test("returns the files that the step left", async () => {
    const { filesLeft } = await runScript(
      "import fs from 'node:fs'; fs.writeFileSync('note', 'left'); fs.writeFileSync(process.env.RUNNER_TEMP + '/tmp', '')",
      { workspaceFiles: { given: "" } },
    );
    expect(filesLeft).toEqual({ "work/octo-repo/octo-repo/note": "left", "work/_temp/tmp": "" });
  });

  test("a folder without a JavaScript action, or without its file, is the test's mistake", async () => {
    await using action = await scriptAction("");
    await expect(runStep({ action: `${action.folder}/none` })).rejects.toThrow("ENOENT");
  });
});
