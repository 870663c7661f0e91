import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createPushEvent } from "./push-event.ts";

/** The files of a step. */
export interface Step {
  readonly env: Readonly<Record<string, string>>;
  readonly output: string;
}

/** Creates a step's folder, event file, empty output files and environment. */
export async function makeStep(folder: string, inputs: Readonly<Record<string, string>>): Promise<Step> {
  await mkdir(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  await writeFile(file("event.json"), JSON.stringify(createPushEvent(), null, 2));
  for (const name of ["output", "summary", "env", "path", "state"]) await writeFile(file(name), "");
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION: "__self",
    GITHUB_ACTOR: "ada",
    GITHUB_API_URL: "https://api.github.com",
    GITHUB_BASE_REF: "",
    GITHUB_ENV: file("env"),
    GITHUB_EVENT_NAME: "push",
    GITHUB_EVENT_PATH: file("event.json"),
    GITHUB_GRAPHQL_URL: "https://api.github.com/graphql",
    GITHUB_HEAD_REF: "",
    GITHUB_JOB: "build",
    GITHUB_OUTPUT: file("output"),
    GITHUB_PATH: file("path"),
    GITHUB_REF: "refs/heads/main",
    GITHUB_REF_NAME: "main",
    GITHUB_REF_TYPE: "branch",
    GITHUB_REPOSITORY: "octo-org/octo-repo",
    GITHUB_REPOSITORY_OWNER: "octo-org",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_RUN_ID: "1658821493",
    GITHUB_RUN_NUMBER: "3",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_SHA: "2".repeat(40),
    GITHUB_STATE: file("state"),
    GITHUB_STEP_SUMMARY: file("summary"),
    GITHUB_TRIGGERING_ACTOR: "ada",
    GITHUB_WORKFLOW: "CI",
    GITHUB_WORKSPACE: folder,
    RUNNER_ARCH: "X64",
    RUNNER_OS: "Linux",
    RUNNER_TEMP: folder,
  };
  for (const [name, value] of Object.entries(inputs))
    env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] = value;
  return { env, output: file("output") };
}

/**
 * The inputs of an action.yml with their defaults or empty, as the runner passes them. Parses only the lines of such
 * files, not all of YAML.
 */
export async function parseDeclaredInputs(actionYml: string): Promise<Record<string, string>> {
  const declared: Record<string, string> = {};
  let inside = false;
  let name = "";
  for (const line of (await readFile(actionYml, "utf8")).split("\n")) {
    if (/^\S/.test(line)) inside = line.startsWith("inputs:");
    if (!inside) continue;
    const [, indent = "", key = "", value = ""] = /^( +)([\w-]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== "" && indent.length <= 4 && value === "") {
      name = key;
      declared[name] = "";
    } else if (key === "default") declared[name] = unquote(value);
  }
  return declared;
}

function unquote(value: string): string {
  const unquoted = value.replace(/^(["'])(.*)\1$/, "$2");
  return /^\$\{\{ *job\.status *\}\}$/.test(unquoted) ? "success" : unquoted;
}
