import { isTopic } from "@heron-webhooks/core";
import type { GithubContext } from "./context.ts";
import { type Payload, subjectOf } from "./subject.ts";

/** What happened, of events that have no `action`. */
const HAPPENED: Readonly<Record<string, string>> = {
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
export function triggerTopic({ event_name, event }: GithubContext): string {
  const name = segment(event_name) || "workflow";
  const action = typeof event["action"] === "string" ? segment(event["action"]) : "";
  const topic = `${name}.${action || (Object.hasOwn(HAPPENED, name) ? HAPPENED[name] : "triggered")}`;
  return isTopic(topic) ? topic : "workflow.triggered";
}

/** Text as one segment of a topic. */
function segment(text: string): string {
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
export function triggerData(github: GithubContext, status: string): Payload {
  const { actor, repository, ref_name, ref, sha, workflow, job, run_url } = github;
  const all: Payload = {
    ...subjectOf(github),
    actor,
    repository,
    ref: ref_name || ref,
    sha,
    workflow,
    job,
    status,
    run_url,
  };
  return said(all);
}

/** The same for somebody who reads it at a glance: without what the message around it says anyway. */
export function triggerFacts(github: GithubContext): Payload {
  const { title: _, url: __, ...subject } = subjectOf(github);
  const { repository, ref_name, actor, sha } = github;
  return said({ ...subject, repository, ref: ref_name, actor, commit: String(sha ?? "").slice(0, 7) });
}

/** What there is of it. */
function said(payload: Payload): Payload {
  return Object.fromEntries(
    Object.entries(payload).filter(([, value]) => value !== "" && value !== null && value !== undefined),
  );
}
