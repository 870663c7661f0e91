import { describe, expect, test } from "vitest";
import { getPayload } from "./payloads.ts";
import { type Json, parseSignedBody, runAndGetBody, runAndGetError, runPostStep } from "./step.ts";
import { SUMMARIES } from "./summaries.ts";

const context = { repository: "acme/shop", run_id: "123", actor: "ann", job: "test" };
const about: Json = {
  actor: "ann",
  repository: "acme/shop",
  ref: "main",
  sha: "ffac537e6cbbf934b08745a378932722df287a53",
  workflow: "CI",
  job: "test",
  status: "success",
  run_url: "https://github.com/acme/shop/actions/runs/123",
};

describe.concurrent("the event that is sent", () => {
  test.each(SUMMARIES)("of $name is $topic", async ({ name, topic, subject }) => {
    const event = await runAndGetBody({}, { event: getPayload(name), eventName: name, context });
    expect(Object.keys(event)).toEqual(["topic", "created", "data", "meta", "id"]);
    expect(event["topic"]).toBe(topic);
    // A pull request's head: the run is of a temporary merge commit.
    const revision = name.startsWith("pull_request")
      ? { ref: "mend", sha: "6113728f27ae82c7b1a177c8d03f9e96e0adf246" }
      : {};
    expect(event["data"]).toEqual({ ...subject, ...about, ...revision });
    expect(Object.keys(event["data"] as object)).toEqual([...Object.keys(subject), ...Object.keys(about)]);
    expect(event["id"]).toMatch(/^evt_[\w-]{20}$/);
    expect(event["created"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    expect(event["meta"]).toEqual({
      source: "github_actions",
      repository: "acme/shop",
      workflow: "CI",
      job: "test",
      run_id: "123",
      run_attempt: "1",
      run_url: about["run_url"],
    });
  });

  test.each<[string, Json, string]>([
    ["create", { ref: "v1", ref_type: "tag" }, "create.created"],
    ["delete", { ref: "v1" }, "delete.deleted"],
    ["fork", {}, "fork.forked"],
    ["gollum", {}, "gollum.updated"],
    ["page_build", {}, "page_build.built"],
    ["public", {}, "public.published"],
    ["status", { state: "success" }, "status.updated"],
    ["deployment", {}, "deployment.created"],
    ["watch", { action: "started" }, "watch.started"],
    ["check_suite", { action: "completed" }, "check_suite.completed"],
    ["merge_group", { action: "checks_requested" }, "merge_group.checks_requested"],
    ["some_event_of_tomorrow", {}, "some_event_of_tomorrow.triggered"],
    ["constructor", {}, "constructor.triggered"],
    ["watch", { action: 3 }, "watch.triggered"],
    ["repository_dispatch", { action: "🚀" }, "repository_dispatch.triggered"],
    ["repository_dispatch", { action: "a".repeat(300) }, `repository_dispatch.${"a".repeat(60)}`],
    ["", {}, "workflow.triggered"],
  ])("of %s, which is not listed, with %j is %s", async (eventName, event, topic) => {
    const sent = await runAndGetBody({}, { event, eventName, context });
    expect(sent).toMatchObject({ topic });
    expect(sent["data"]).toEqual(about);
  });

  test.each<[string, string, Json, Json]>([
    ["a push that deletes a branch", "push", { head_commit: null, commits: [] }, { commits: 0 }],
    [
      "a release without a name",
      "release",
      { release: { name: "", tag_name: "v2" } },
      { title: "v2", tag: "v2" },
    ],
    ["a deployment without words", "deployment_status", { deployment_status: { description: "" } }, {}],
    ["a dispatch without inputs", "workflow_dispatch", { inputs: null }, {}],
    ["payloads of other shapes", "pull_request", { pull_request: "none" }, {}],
    ["payloads of deeper shapes", "issues", { issue: { title: {}, user: [] } }, {}],
    ["an empty payload", "issue_comment", {}, {}],
  ])("leaves out what there is not: %s", async (_name, eventName, event, subject) => {
    expect((await runAndGetBody({}, { event, eventName, context }))["data"]).toEqual({
      ...subject,
      ...about,
    });
  });

  test("has a title of at most 200 characters, without half an emoji at its end", async () => {
    const getTitle = async (message: string): Promise<unknown> => {
      const { data } = await runAndGetBody({}, { event: { head_commit: { message } } });
      return (data as Json)["title"];
    };
    expect(await getTitle(`\n  ${"a".repeat(199)}😀\nmore`)).toBe("a".repeat(199));
    expect(await getTitle(`${"a".repeat(198)}😀`)).toBe(`${"a".repeat(198)}😀`);
  });

  test("has an id of its own each time, and the same for all webhooks of a step", async () => {
    const { requests } = await runPostStep((origin) => ({ url: `${origin}/a\n${origin}/b` }));
    const [one, other] = requests.map((request) => parseSignedBody(request));
    expect(one?.["id"]).toBe(other?.["id"]);
    expect((await runAndGetBody())["id"]).not.toBe(one?.["id"]);
    expect(requests[0]?.headers["webhook-id"]).not.toBe(requests[1]?.headers["webhook-id"]);
  });

  test("is in the outputs", async () => {
    const { step, requests } = await runPostStep({}, { event: getPayload("push") });
    const { id, topic, created } = parseSignedBody(requests[0]);
    expect(JSON.parse(step.outputs["event"] ?? "")).toEqual({ id, topic, created });
    expect(step.jobOutputs["event"]).toBe(step.outputs["event"]);
  });
});

describe.concurrent("the event's file", () => {
  test.each<[string, string]>([
    ["is named but is not there", "/nowhere/event.json"],
    ["has an empty name", ""],
  ])("%s: what the variables say is sent", async (_name, path) => {
    const { data } = await runAndGetBody({}, { context, rawEnv: { GITHUB_EVENT_PATH: path } });
    expect(data).toEqual(about);
  });

  test("is not named: what the variables say is sent", async () => {
    const { data } = await runAndGetBody({}, { context, rawEnv: { GITHUB_EVENT_PATH: undefined } });
    expect(data).toEqual(about);
  });

  test.each(["", "{", "null", "[]", '"push"', "\ufffd"])("that holds %j is refused", async (text) => {
    expect(await runAndGetError({}, { event: Buffer.from(text) })).toBe(
      "GITHUB_EVENT_PATH is not a JSON object: an earlier step changed it.",
    );
  });

  test("is not needed, nor is any of the variables", async () => {
    const names = [
      "GITHUB_EVENT_NAME",
      "GITHUB_REPOSITORY",
      "GITHUB_RUN_ID",
      "GITHUB_SERVER_URL",
      "GITHUB_WORKFLOW",
    ];
    const rest = [
      "GITHUB_ACTOR",
      "GITHUB_SHA",
      "GITHUB_REF",
      "GITHUB_REF_NAME",
      "GITHUB_JOB",
      "GITHUB_EVENT_PATH",
    ];
    const rawEnv = Object.fromEntries([...names, ...rest].map((name) => [name, undefined]));
    expect(await runAndGetBody({}, { rawEnv })).toMatchObject({
      topic: "workflow.triggered",
      data: { status: "success" },
    });
  });
});
