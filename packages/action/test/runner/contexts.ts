import { join } from "node:path";
import type { StepFolders } from "./step-folders.ts";

/** The `github` context of a step; overrides win over what is derived, and count for what is. */
export function githubContext(
  overrides: Readonly<Record<string, string>>,
  eventName: string,
  event: unknown,
  folders: StepFolders,
): Record<string, unknown> {
  const { repository = "octo-org/octo-repo", ref = "refs/heads/main", actor = "octocat" } = overrides;
  const { sha = "ffac537e6cbbf934b08745a378932722df287a53" } = overrides;
  const { server_url: server = "https://github.com", workflow = "CI" } = overrides;
  const workflowRef = `${repository}/.github/workflows/ci.yml@${ref}`;
  return {
    action: "__self",
    // Empty for an action of the workflow's own repository.
    action_ref: "",
    action_repository: "",
    actor,
    actor_id: "583231",
    api_url: server === "https://github.com" ? "https://api.github.com" : `${server}/api/v3`,
    base_ref: "",
    event,
    event_name: eventName,
    event_path: folders.event,
    graphql_url: server === "https://github.com" ? "https://api.github.com/graphql" : `${server}/api/graphql`,
    head_ref: "",
    job: "build",
    ref,
    ref_name: ref.replace(/^refs\/(?:heads|tags|pull)\//, ""),
    ref_protected: "false",
    ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
    repository,
    repository_id: "1296269",
    repository_owner: repository.split("/")[0],
    repository_owner_id: "9919",
    retention_days: "90",
    run_attempt: "1",
    run_id: "1658821493",
    run_number: "3",
    server_url: server,
    sha,
    token: "ghs_harnessTokenOfNoRealRepository012345",
    triggering_actor: actor,
    workflow,
    workflow_ref: workflowRef,
    workflow_sha: sha,
    workspace: folders.workspace,
    ...folders.files,
    ...overrides,
  };
}

/** The `runner` context. */
export function runnerContext(folders: StepFolders, debug: boolean): Record<string, string> {
  const systems: Readonly<Record<string, string>> = { linux: "Linux", darwin: "macOS", win32: "Windows" };
  return {
    arch: process.arch.toUpperCase(),
    ...(debug ? { debug: "1" } : {}),
    environment: "github-hosted",
    name: "GitHub Actions 1",
    os: systems[process.platform] ?? "Linux",
    temp: folders.temp,
    tool_cache: join(folders.root, "tools"),
    workspace: join(folders.workspace, ".."),
  };
}

// These are in the context, and not in the environment.
const contextOnly: ReadonlySet<string> = new Set(["event", "token"]);

/** The variables that a step's process gets besides its own env and inputs. */
export function runtimeVariables(
  github: Readonly<Record<string, unknown>>,
  runner: Readonly<Record<string, string>>,
  runtimeToken: string,
): Record<string, string> {
  const variables: Record<string, string> = {
    ACTIONS_RUNTIME_URL: "https://pipelines.actions.githubusercontent.com/harness/",
    ACTIONS_RUNTIME_TOKEN: runtimeToken,
    GITHUB_ACTIONS: "true",
    CI: "true",
  };
  for (const [name, value] of Object.entries(github))
    if (!contextOnly.has(name)) variables[`GITHUB_${name.toUpperCase()}`] = String(value);
  for (const [name, value] of Object.entries(runner)) variables[`RUNNER_${name.toUpperCase()}`] = value;
  return variables;
}
