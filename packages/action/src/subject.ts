import type { GithubContext } from "./context.ts";

/** A JSON object. */
export type Payload = Readonly<Record<string, unknown>>;

/** A value deep in a payload; null if it is not there. */
function at(payload: unknown, path: string): unknown {
  let value = payload;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Payload)[name];
  }
  return value ?? null;
}

const LONGEST_TITLE = 200;

/** The first line of a text. */
function firstLine(text: unknown): unknown {
  return typeof text === "string"
    ? (text.trimStart().split(/\r?\n/, 1)[0] ?? "").slice(0, LONGEST_TITLE).toWellFormed()
    : null;
}

/** `#12 Mend it` */
function numbered(payload: Payload, name: string): unknown {
  const [number, title] = [at(payload, `${name}.number`), at(payload, `${name}.title`)];
  return typeof title === "string" ? `#${String(number)} ${String(firstLine(title))}` : null;
}

function pullRequest(event: Payload): Payload {
  return {
    title: numbered(event, "pull_request"),
    url: at(event, "pull_request.html_url"),
    number: at(event, "pull_request.number"),
    author: at(event, "pull_request.user.login"),
    base: at(event, "pull_request.base.ref"),
    head: at(event, "pull_request.head.ref"),
    draft: at(event, "pull_request.draft"),
    merged: at(event, "pull_request.merged"),
  };
}

function issue(event: Payload): Payload {
  return {
    title: numbered(event, "issue"),
    url: at(event, "comment.html_url") ?? at(event, "issue.html_url"),
    number: at(event, "issue.number"),
    author: at(event, "comment.user.login") ?? at(event, "issue.user.login"),
    comment: firstLine(at(event, "comment.body")),
  };
}

function push(event: Payload): Payload {
  const commits = at(event, "commits");
  return {
    title: firstLine(at(event, "head_commit.message")),
    url: at(event, "compare") ?? at(event, "head_commit.url"),
    author: at(event, "head_commit.author.name"),
    commits: Array.isArray(commits) ? commits.length : null,
    forced: at(event, "forced") === true ? true : null,
  };
}

/** What an event is about: `title` and `url`, and a few plain values of its own. Source: GitHub Docs, "Webhook events and payloads". */
const SUBJECTS: Readonly<Record<string, (event: Payload) => Payload>> = {
  pull_request: pullRequest,
  pull_request_target: pullRequest,
  pull_request_review: (event) => ({
    ...pullRequest(event),
    url: at(event, "review.html_url"),
    reviewer: at(event, "review.user.login"),
    review: at(event, "review.state"),
  }),
  issues: issue,
  issue_comment: issue,
  push,
  release: (event) => ({
    title: firstLine(at(event, "release.name")) || at(event, "release.tag_name"),
    url: at(event, "release.html_url"),
    tag: at(event, "release.tag_name"),
    author: at(event, "release.author.login"),
    prerelease: at(event, "release.prerelease"),
  }),
  workflow_run: (event) => ({
    title: at(event, "workflow_run.name"),
    url: at(event, "workflow_run.html_url"),
    conclusion: at(event, "workflow_run.conclusion"),
    branch: at(event, "workflow_run.head_branch"),
  }),
  deployment_status: (event) => ({
    title: firstLine(at(event, "deployment_status.description")),
    url: at(event, "deployment_status.target_url"),
    environment: at(event, "deployment_status.environment"),
    state: at(event, "deployment_status.state"),
  }),
  workflow_dispatch: (event) => ({ inputs: at(event, "inputs") }),
  repository_dispatch: (event) => ({ client_payload: at(event, "client_payload") }),
  schedule: (event) => ({ schedule: at(event, "schedule") }),
};

/** What the event that started the workflow is about; nothing for an event that is not listed. */
export function subjectOf({ event_name, event }: GithubContext): Payload {
  return Object.hasOwn(SUBJECTS, event_name) ? (SUBJECTS[event_name]?.(event) ?? {}) : {};
}
