import { isTopic } from "@heron-webhooks/core";
import type { GithubContext } from "./context.ts";
import { getSubject, type Payload } from "./subject.ts";

/** The verbs of events without an `action`. */
const TOPIC_VERBS: Readonly<Record<string, string>> = {
  create: "created",
  delete: "deleted",
  deployment: "created",
  deployment_status: "created",
  fork: "forked",
  gollum: "updated",
  page_build: "built",
  public: "published",
  push: "pushed",
  status: "updated",
};

/**
 * The topic of the event that started the workflow: name and action, such as `pull_request.opened`. Without an action,
 * a verb such as in `push.pushed`, or `triggered`, as in `workflow_dispatch.triggered`.
 */
export function getTriggerTopic({ event_name, event }: GithubContext): string {
  const name = toTopicSegment(event_name) || "workflow";
  const action = typeof event["action"] === "string" ? toTopicSegment(event["action"]) : "";
  const topic = `${name}.${action || (Object.hasOwn(TOPIC_VERBS, name) ? TOPIC_VERBS[name] : "triggered")}`;
  return isTopic(topic) ? topic : "workflow.triggered";
}

/** Converts text to a segment of a topic. */
function toTopicSegment(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
}

/**
 * A summary of the event that started the workflow: the default `data`. First the subject (`title`, `url` and the
 * fields that the README lists), then actor and place. Empty values are omitted.
 */
export function createTriggerData(github: GithubContext, status: string): Payload {
  const { actor, repository, workflow, job, run_url } = github;
  const fields: Payload = {
    ...getSubject(github),
    actor,
    repository,
    ...getRevision(github),
    workflow,
    job,
    status,
    run_url,
  };
  return omitEmpty(fields);
}

/** The summary for a message, without the values that the message shows elsewhere. */
export function createTriggerFields(github: GithubContext): Payload {
  const { title: _, url: __, number: ___, ...subject } = getSubject(github);
  const { repository, actor } = github;
  const { ref, sha } = getRevision(github);
  const fields = omitEmpty({ ...subject, repository, ref, actor, commit: String(sha ?? "").slice(0, 7) });
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== false));
}

/** What the status refers to: the job, or for `workflow_run` the finished workflow. */
export function getRunOutcome(
  { event_name, event, workflow, job }: GithubContext,
  status: string,
): { readonly name: string; readonly status: string } {
  const { name, conclusion } = (event["workflow_run"] ?? {}) as Payload;
  if (event_name === "workflow_run" && status === "success" && typeof name === "string")
    return { name, status: String(conclusion) };
  return { name: [workflow, job].filter((part) => part !== "").join(" / "), status };
}

/** Branch or tag, and commit. For a pull request its head, not the temporary merge commit of the run. */
function getRevision({ event, ref_name, ref, sha }: GithubContext): {
  readonly ref: unknown;
  readonly sha: unknown;
} {
  const { head } = (event["pull_request"] ?? {}) as { readonly head?: Payload };
  return head === undefined ? { ref: ref_name || ref, sha } : { ref: head["ref"], sha: head["sha"] };
}

/** The non-empty values. */
function omitEmpty(payload: Payload): Payload {
  return Object.fromEntries(
    Object.entries(payload).filter(([, value]) => value !== "" && value !== null && value !== undefined),
  );
}
