import { context } from "@actions/github";
import { HeronError } from "@heron-webhooks/core";

/** What templates read as `github` and `job`, named as in workflow expressions. */
export interface WorkflowContext {
  readonly github: GithubContext;
  readonly job: { readonly status: string };
}

/** The context of the run. Source: GitHub Docs, "Contexts", `github`; "Variables", default environment variables. */
export interface GithubContext extends Readonly<Record<string, unknown>> {
  readonly event_name: string;
  /** The payload of the webhook that started the workflow. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly repository: string;
  readonly workflow: string;
  /** Where the run can be looked at: not among GitHub's own names. */
  readonly run_url: string;
}

/** The variables that stand for what expressions call `github.…`. No `env`: it may hold secrets, and text that somebody else wrote could name them. */
const CONTEXT_NAMES: readonly string[] = [
  "action",
  "actor",
  "api_url",
  "base_ref",
  "event_name",
  "head_ref",
  "job",
  "ref",
  "ref_name",
  "ref_type",
  "repository",
  "repository_owner",
  "run_attempt",
  "run_id",
  "run_number",
  "server_url",
  "sha",
  "triggering_actor",
  "workflow",
];

/** Reads the context of the run, with the event that started it. */
export function readContext(env: NodeJS.ProcessEnv, status: string): WorkflowContext {
  const values = Object.fromEntries(
    CONTEXT_NAMES.map((name) => [name, env[`GITHUB_${name.toUpperCase()}`] ?? ""]),
  );
  const { server_url = "", repository = "", run_id = "", event_name = "", workflow = "" } = values;
  const run_url =
    repository === "" || run_id === "" ? "" : `${server_url}/${repository}/actions/runs/${run_id}`;
  const event = getPayload(context);
  return { github: { ...values, event_name, repository, workflow, run_url, event }, job: { status } };
}

/** The payload of the event. Built, the Action has no context where the event's file is no JSON. */
function getPayload({ payload }: { readonly payload?: unknown }): Readonly<Record<string, unknown>> {
  if (typeof payload === "object" && payload !== null && !Array.isArray(payload))
    return payload as Readonly<Record<string, unknown>>;
  throw new HeronError(
    "option_invalid",
    "The file that GITHUB_EVENT_PATH names is not a JSON object: an earlier step has changed it.",
  );
}
