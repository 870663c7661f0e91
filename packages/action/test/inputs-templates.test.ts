import { describe, expect, test } from "vitest";
import {
  parseSignedBody,
  runAndGetBody,
  runAndGetError,
  runPostStep,
  runSlackStep,
  toExpression,
} from "./step.ts";

/** What Slack would have been sent, and why it was not. */
async function expectNothingSent(given: Parameters<typeof runSlackStep>[0]): Promise<string> {
  const { step, messages, runs } = await runSlackStep(given);
  expect([...messages, ...runs]).toEqual([]);
  expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false", attempts: "0" } });
  expect(step.annotations).toHaveLength(1);
  return step.annotations[0]?.message ?? "";
}

describe.concurrent("a template", () => {
  test("is the body, with values of every type", async () => {
    const template = JSON.stringify({
      who: "{{ github.actor }}",
      how: "{{ job.status }}",
      list: "{{ data.list }}",
      said: "{{ github.event.head_commit.message }} by {{ github.actor }}",
      none: '{{ data.none ?? "nothing" }}',
      topic: "{{ topic }}",
    });
    const event = { head_commit: { message: 'a "quote"\n' } };
    const body = await runAndGetBody({ template, data: '{"list":[1,{"a":null}]}' }, { event });
    expect(body).toEqual({
      who: "octocat",
      how: "success",
      list: [1, { a: null }],
      said: 'a "quote"\n by octocat',
      none: "nothing",
      topic: "push.pushed",
    });
  });

  test("may come from a file", async () => {
    const workspaceFiles = { ".github/hook.json": '["{{ id }}"]' };
    const body = await runAndGetBody({ "template-file": ".github/hook.json" }, { workspaceFiles });
    expect(body).toEqual([expect.stringMatching(/^evt_/)]);
  });

  test.each<[string, string, string]>([
    ["a path that leads nowhere", "{{ data.version }}", "data.version is missing: data has varsion, other. "],
    [
      "a path into the context that leads nowhere",
      "{{ github.actr }}",
      "github.actr is missing: github has actor,",
    ],
    ["an unknown beginning", "{{ event.ref }}", "Invalid template: at /a, character 4: expected a path"],
    ["the environment", "{{ env.TOKEN }}", "Invalid template: at /a, character 4: expected a path"],
    ["secrets", "{{ secrets.TOKEN }}", 'topic, id, github or job, found "secrets"'],
    ["a placeholder without its end", "{{ data.x", 'expected "}}", "??" and a default'],
  ])("with %s is rejected with what is there", async (_name, text, why) => {
    const message = await runAndGetError({
      template: JSON.stringify({ a: text }),
      data: '{"varsion":1,"other":2}',
    });
    expect(message).toMatch(/^Input template: /);
    expect(message).toContain(why);
  });

  test("that is not JSON is rejected by its place", async () => {
    expect(await runAndGetError({ template: "{{ data }}" })).toContain(
      "Input template is not JSON, from line 1, column 2 on.",
    );
  });

  test("would be sent to Slack and others alike", async () => {
    const why = "would be sent to Slack and to other webhooks: write a step for each.";
    const slack = { "slack-webhook": "http://127.0.0.1:9/services/x" };
    expect(await runAndGetError({ ...slack, template: "{}" })).toBe(`Input template ${why}`);
    const workspaceFiles = { "t.json": "{}" };
    expect(await runAndGetError({ ...slack, "template-file": "t.json" }, { workspaceFiles })).toBe(
      `Input template-file ${why}`,
    );
  });

  test("too long when it is filled is rejected", async () => {
    const given = { template: '"{{ github.event.long }}"' };
    const message = await runAndGetError(given, { event: { long: "x".repeat(270_000) } });
    expect(message).toBe(
      "Input template: The template rendered to more than 256 KiB: read less of the event.",
    );
  });
});

describe.concurrent("message", () => {
  test("is what a Slack message says, and is rejected where there is none", async () => {
    expect(await runAndGetError({ message: "hello" })).toBe(
      "Input message needs a Slack webhook: for others, put the text into data, with fields.",
    );
  });

  test("with an unknown variable is rejected with what is there", async () => {
    expect(await expectNothingSent({ message: "by {{ github.actr }}" })).toMatch(
      /^Input message: github\.actr is missing: github has actor, .*\. Fix the path or add a default: \{\{ github\.actr \?\? "none" \}\}\.$/,
    );
    expect(await expectNothingSent({ message: "{{ data.version }}", data: "{}" })).toContain(
      "data has no names.",
    );
    expect(await expectNothingSent({ message: "{{ env.TOKEN }}" })).toContain('found "env"');
    expect(
      await expectNothingSent((slack) => ({ "slack-webhook": slack.triggerUrl, message: "{{ x }}" })),
    ).toMatch(/^Input message: .*found "x"/);
  });
});

describe.concurrent("an expression that was not expanded", () => {
  const own = ["github.event.ref", "job.status", "GitHub.Actor"];
  const others = [
    "env.X",
    "vars.X",
    "steps.a.outputs.b",
    "runner.os",
    "secrets.X",
    "strategy.x",
    "matrix.os",
  ];
  const functions = [
    "needs.a",
    "inputs.x",
    "jobs.a",
    "toJSON(github)",
    "toJson(x)",
    "format('{0}', 1)",
    "!cancelled()",
  ];

  test.each(own)("of %s is mended by leaving out the dollar sign", async (inner) => {
    const name = inner.split(".", 1)[0] ?? "";
    const said = `holds the expression ${toExpression(`${name}…`)} as it was written: GitHub expands expressions in workflow files alone. Write the placeholder {{ ${name.toLowerCase()}… }}, without the dollar sign.`;
    expect(await runAndGetError({ template: JSON.stringify([toExpression(inner)]) })).toBe(
      `Input template ${said}`,
    );
    expect(await expectNothingSent({ message: `a ${toExpression(inner)}` })).toBe(`Input message ${said}`);
  });

  test.each([...others, ...functions])("of %s is mended by a field", async (inner) => {
    const workspaceFiles = { "t.json": JSON.stringify({ a: `x ${toExpression(inner)}` }) };
    const message = await runAndGetError({ "template-file": "t.json" }, { workspaceFiles });
    expect(message).toMatch(/^Input template-file holds the expression \$\{\{ \w+… \}\} as it was written/);
    expect(message).toMatch(
      /Put its value into data by a line of fields .* read it as \{\{ data\.name \}\}\.$/,
    );
  });

  test.each(["url", "slack-webhook", "secret"])("is refused in %s", async (name) => {
    const message = await runAndGetError({ [name]: toExpression("secrets.CANARY") });
    expect(message).toBe(
      `Input ${name} holds the expression ${toExpression("secrets…")} as it was written: GitHub expands expressions in workflow files alone.`,
    );
  });

  test("in data is sent as it was written, with a warning", async () => {
    const data = { run: `echo ${toExpression("github.sha")}` };
    const { step, requests } = await runPostStep({ data: JSON.stringify(data) });
    expect(parseSignedBody(requests[0])["data"]).toEqual(data);
    expect(step).toMatchObject({ exitCode: 0, annotations: [{ level: "warning" }] });
    expect(step.annotations[0]?.message).toContain("which is sent as it is");
  });

  test("is none where a dollar sign stands before a placeholder", async () => {
    const given = {
      template: JSON.stringify({ price: toExpression("data.amount") }),
      data: '{"amount":12.5}',
    };
    expect(await runAndGetBody(given)).toEqual({ price: "$12.5" });
  });
});
