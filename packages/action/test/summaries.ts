import type { Json } from "./step.ts";

/** Of each payload in payloads.ts: what its event is called, and what the summary of it begins with. */
export const SUMMARIES: readonly { readonly name: string; readonly topic: string; readonly subject: Json }[] =
  [
    {
      name: "push",
      topic: "push.pushed",
      subject: {
        title: "Mend the login",
        url: "https://github.com/acme/shop/compare/000000000000...6113728f27ae",
        author: "Ann",
        commits: 2,
        forced: true,
      },
    },
    {
      name: "pull_request",
      topic: "pull_request.opened",
      subject: {
        title: "#7 Mend the login",
        url: "https://github.com/acme/shop/pull/7",
        number: 7,
        author: "ben",
        base: "main",
        head: "mend",
        draft: false,
        merged: false,
      },
    },
    {
      name: "pull_request_target",
      topic: "pull_request_target.opened",
      subject: {
        title: "#7 Mend the login",
        url: "https://github.com/acme/shop/pull/7",
        number: 7,
        author: "ben",
        base: "main",
        head: "mend",
        draft: false,
        merged: false,
      },
    },
    {
      name: "pull_request_review",
      topic: "pull_request_review.submitted",
      subject: {
        title: "#7 Mend the login",
        url: "https://github.com/acme/shop/pull/7#pullrequestreview-1",
        number: 7,
        author: "ben",
        base: "main",
        head: "mend",
        draft: false,
        reviewer: "dora",
        review: "approved",
      },
    },
    {
      name: "issues",
      topic: "issues.opened",
      subject: {
        title: "#8 The login is broken",
        url: "https://github.com/acme/shop/issues/8",
        number: 8,
        author: "cy",
      },
    },
    {
      name: "issue_comment",
      topic: "issue_comment.created",
      subject: {
        title: "#8 The login is broken",
        url: "https://github.com/acme/shop/issues/8#issuecomment-1",
        number: 8,
        author: "eve",
        comment: "Here too.",
      },
    },
    {
      name: "release",
      topic: "release.published",
      subject: {
        title: "The one that mends",
        url: "https://github.com/acme/shop/releases/tag/v1.2.0",
        tag: "v1.2.0",
        author: "ann",
        prerelease: false,
      },
    },
    {
      name: "workflow_run",
      topic: "workflow_run.completed",
      subject: {
        title: "Build",
        url: "https://github.com/acme/shop/actions/runs/9",
        conclusion: "failure",
        branch: "main",
      },
    },
    {
      name: "deployment_status",
      topic: "deployment_status.created",
      subject: {
        title: "It is out.",
        url: "https://shop.example.com",
        environment: "production",
        state: "success",
      },
    },
    {
      name: "workflow_dispatch",
      topic: "workflow_dispatch.triggered",
      subject: { inputs: { "dry-run": "true", level: "3" } },
    },
    {
      name: "repository_dispatch",
      topic: "repository_dispatch.deploy_to_production",
      subject: { client_payload: { ids: [1, 2] } },
    },
    { name: "schedule", topic: "schedule.triggered", subject: { schedule: "30 5 * * 1,3" } },
  ];
