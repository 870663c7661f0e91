/**
 * Payloads of the events that start workflows, as short as tests can do with, in the shapes that GitHub documents.
 * Source: GitHub Docs, "Webhook events and payloads".
 * @module
 */
import type { Json } from "./step.ts";

const shop = "https://github.com/acme/shop";
const user = (login: string): Json => ({ login, id: 583231, type: "User", site_admin: false });
const common: Json = {
  repository: { id: 1296269, name: "shop", full_name: "acme/shop", private: true, html_url: shop },
  organization: { login: "acme", id: 1 },
  sender: user("ann"),
};

const pullRequest: Json = {
  html_url: `${shop}/pull/7`,
  number: 7,
  state: "open",
  title: "Mend the login",
  user: user("ben"),
  body: "It was broken.\r\nNow it is not.",
  labels: [],
  head: { label: "ben:mend", ref: "mend", sha: "6113728f27ae82c7b1a177c8d03f9e96e0adf246" },
  base: { label: "acme:main", ref: "main", sha: "c5b97d5ae6c19d5c5df71a34c7fbeeda2479ccbc" },
  draft: false,
  merged: false,
  merged_by: null,
};
const issue: Json = {
  html_url: `${shop}/issues/8`,
  number: 8,
  title: "The login is broken",
  user: user("cy"),
  state: "open",
  body: null,
};
const deployment: Json = { id: 3, ref: "main", task: "deploy", environment: "production", description: null };

const PAYLOADS: Readonly<Record<string, Json>> = {
  push: {
    ...common,
    ref: "refs/heads/main",
    before: "0".repeat(40),
    after: "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
    created: false,
    deleted: false,
    forced: true,
    base_ref: null,
    compare: `${shop}/compare/000000000000...6113728f27ae`,
    commits: [{ id: "a" }, { id: "b" }],
    head_commit: {
      id: "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
      message: "Mend the login\n\nIt was broken.",
      url: `${shop}/commit/6113728f27ae`,
      author: { name: "Ann", email: "ann@example.com", username: "ann" },
    },
    pusher: { name: "ann", email: "ann@example.com" },
  },
  pull_request: { ...common, action: "opened", number: 7, pull_request: pullRequest },
  pull_request_target: { ...common, action: "opened", number: 7, pull_request: pullRequest },
  pull_request_review: {
    ...common,
    action: "submitted",
    review: {
      html_url: `${shop}/pull/7#pullrequestreview-1`,
      user: user("dora"),
      state: "approved",
      body: "",
    },
    // Shorter than in an event of the pull request itself.
    pull_request: { ...pullRequest, merged: undefined },
  },
  issues: { ...common, action: "opened", issue },
  issue_comment: {
    ...common,
    action: "created",
    issue,
    comment: {
      html_url: `${shop}/issues/8#issuecomment-1`,
      user: user("eve"),
      body: "Here too.\r\nSince when?",
    },
  },
  release: {
    ...common,
    action: "published",
    release: {
      html_url: `${shop}/releases/tag/v1.2.0`,
      tag_name: "v1.2.0",
      name: "The one that mends",
      prerelease: false,
      author: user("ann"),
    },
  },
  workflow_run: {
    ...common,
    action: "completed",
    workflow_run: {
      name: "Build",
      html_url: `${shop}/actions/runs/9`,
      conclusion: "failure",
      head_branch: "main",
    },
  },
  deployment_status: {
    ...common,
    deployment,
    deployment_status: {
      state: "success",
      environment: "production",
      description: "It is out.",
      target_url: "https://shop.example.com",
    },
  },
  workflow_dispatch: {
    ...common,
    ref: "refs/heads/main",
    workflow: ".github/workflows/ci.yml",
    inputs: { "dry-run": "true", level: "3" },
  },
  repository_dispatch: {
    ...common,
    action: "Deploy to production!",
    branch: "main",
    client_payload: { ids: [1, 2] },
  },
  schedule: { ...common, schedule: "30 5 * * 1,3" },
};

/** The payload of an event that is among them. */
export function getPayload(name: string): Json {
  const found = PAYLOADS[name];
  if (found === undefined) throw new Error(`there is no payload for ${name}`);
  return found;
}
