import { context } from "@actions/github";
import { HeronError } from "@heron-webhooks/core";

/** `github` and `job` as templates read them, with the names of workflow expressions. */
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
  /** The URL of the run. GitHub has no such name. */
  readonly run_url: string;
}

/** The environment variables behind `github.…`. No `env`: it may hold secrets, and a template could then read them. */
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

/** Reads the run's context and the event that started it. */
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

/** The event's payload. The bundled context is empty if the event's file is not JSON. */
function getPayload({ payload }: { readonly payload?: unknown }): Readonly<Record<string, unknown>> {
  if (typeof payload === "object" && payload !== null && !Array.isArray(payload))
    return payload as Readonly<Record<string, unknown>>;
  throw new HeronError(
    "option_invalid",
    "GITHUB_EVENT_PATH is not a JSON object: an earlier step changed it.",
  );
}
