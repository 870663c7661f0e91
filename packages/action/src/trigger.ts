import { isTopic } from "@heron-webhooks/core";
import type { GithubContext } from "./context.ts";
import { getSubject, type Payload } from "./subject.ts";

/** What happened, of events that have no `action`. */
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
 * The topic of the event that started the workflow: its name and its action, such as `pull_request.opened`, in what a
 * topic may hold. Without an action it is what happened, such as `push.pushed`, or else `triggered`, as in
 * `workflow_dispatch.triggered`.
 */
export function getTriggerTopic({ event_name, event }: GithubContext): string {
  const name = toTopicSegment(event_name) || "workflow";
  const action = typeof event["action"] === "string" ? toTopicSegment(event["action"]) : "";
  const topic = `${name}.${action || (Object.hasOwn(TOPIC_VERBS, name) ? TOPIC_VERBS[name] : "triggered")}`;
  return isTopic(topic) ? topic : "workflow.triggered";
}

/** Text as one segment of a topic. */
function toTopicSegment(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
}

/**
 * What started the workflow, in short: the data of an event that was given none. What it is about comes first (`title`
 * and `url`, and what else the README lists), then who and where. What is empty is left out.
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

/** The same for somebody who reads it at a glance: without what the message around it says anyway. */
export function createTriggerFields(github: GithubContext): Payload {
  const { title: _, url: __, number: ___, ...subject } = getSubject(github);
  const { repository, actor } = github;
  const { ref, sha } = getRevision(github);
  const fields = omitEmpty({ ...subject, repository, ref, actor, commit: String(sha ?? "").slice(0, 7) });
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== false));
}

/** What the message says went well or not: the job; where a workflow's end started this one, that workflow. */
export function getRunOutcome(
  { event_name, event, workflow, job }: GithubContext,
  status: string,
): { readonly name: string; readonly status: string } {
  const { name, conclusion } = (event["workflow_run"] ?? {}) as Payload;
  if (event_name === "workflow_run" && status === "success" && typeof name === "string")
    return { name, status: String(conclusion) };
  return { name: [workflow, job].filter((part) => part !== "").join(" / "), status };
}

/** Branch or tag, and commit. Of a pull request its own: the run is of a merge that nobody can find. */
function getRevision({ event, ref_name, ref, sha }: GithubContext): {
  readonly ref: unknown;
  readonly sha: unknown;
} {
  const { head } = (event["pull_request"] ?? {}) as { readonly head?: Payload };
  return head === undefined ? { ref: ref_name || ref, sha } : { ref: head["ref"], sha: head["sha"] };
}

/** What there is of it. */
function omitEmpty(payload: Payload): Payload {
  return Object.fromEntries(
    Object.entries(payload).filter(([, value]) => value !== "" && value !== null && value !== undefined),
  );
}
