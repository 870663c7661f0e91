import type { GithubContext } from "./context.ts";

/** A JSON object. */
export type Payload = Readonly<Record<string, unknown>>;

/** The payload's paths for each field; the first that has a value counts. */
type FieldPaths = Readonly<Record<string, string | readonly string[]>>;

const PULL_REQUEST: FieldPaths = {
  title: "pull_request.title",
  url: "pull_request.html_url",
  number: "pull_request.number",
  author: "pull_request.user.login",
  base: "pull_request.base.ref",
  head: "pull_request.head.ref",
  draft: "pull_request.draft",
  merged: "pull_request.merged",
};

const ISSUE: FieldPaths = {
  title: "issue.title",
  url: ["comment.html_url", "issue.html_url"],
  number: "issue.number",
  author: ["comment.user.login", "issue.user.login"],
  comment: "comment.body",
};

/** The subject of an event: `title`, `url` and a few plain values. Source: GitHub Docs, "Webhook events and payloads". */
const SUBJECT_PATHS: Readonly<Record<string, FieldPaths>> = {
  pull_request: PULL_REQUEST,
  pull_request_target: PULL_REQUEST,
  pull_request_review: {
    ...PULL_REQUEST,
    url: "review.html_url",
    reviewer: "review.user.login",
    review: "review.state",
  },
  issues: ISSUE,
  issue_comment: ISSUE,
  push: {
    title: "head_commit.message",
    url: ["compare", "head_commit.url"],
    author: "head_commit.author.name",
    commits: "commits",
    forced: "forced",
  },
  release: {
    title: ["release.name", "release.tag_name"],
    url: "release.html_url",
    tag: "release.tag_name",
    author: "release.author.login",
    prerelease: "release.prerelease",
  },
  workflow_run: {
    title: "workflow_run.name",
    url: "workflow_run.html_url",
    conclusion: "workflow_run.conclusion",
    branch: "workflow_run.head_branch",
  },
  deployment_status: {
    title: "deployment_status.description",
    url: "deployment_status.target_url",
    environment: "deployment_status.environment",
    state: "deployment_status.state",
  },
  workflow_dispatch: { inputs: "inputs" },
  repository_dispatch: { client_payload: "client_payload" },
  schedule: { schedule: "schedule" },
};

/** The subject of the event that started the workflow; empty for an unlisted event. */
export function getSubject({ event_name, event }: GithubContext): Payload {
  const paths = Object.hasOwn(SUBJECT_PATHS, event_name) ? SUBJECT_PATHS[event_name] : {};
  const found: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(paths ?? {})) {
    const values = [path].flat().map((fieldPath) => getValueAt(event, fieldPath));
    found[name] = summarizeValue(name, values.find((value) => value !== null && value !== "") ?? null);
  }
  const { title, number } = found;
  if (typeof title === "string" && number !== undefined && number !== null)
    found["title"] = `#${number} ${title}`;
  return found;
}

/** A value for the summary: the first line of user text, the number of commits. */
function summarizeValue(name: string, value: unknown): unknown {
  if (name === "title" || name === "comment") return typeof value === "string" ? getFirstLine(value) : null;
  if (name === "commits") return Array.isArray(value) ? value.length : null;
  return name === "forced" && value !== true ? null : value;
}

/** The payload's value at a path; null if absent. */
function getValueAt(payload: unknown, path: string): unknown {
  let value = payload;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Payload)[name];
  }
  return value ?? null;
}

const MAX_TITLE_LENGTH = 200;

function getFirstLine(text: string): string {
  const line = text.trimStart().split(/\r?\n/, 1)[0] ?? "";
  // Do not end with half a surrogate pair.
  return line
    .slice(0, MAX_TITLE_LENGTH)
    .replace(/[\ud800-\udbff]$/, "")
    .toWellFormed();
}
