import { describe, expect, test } from "vitest";
import { getPayload } from "./payloads.ts";
import { getTexts, type Json, runAndGetMessage, runSlackStep } from "./step.ts";
import { SUMMARIES } from "./summaries.ts";

const context = { repository: "acme/shop", run_id: "123", actor: "ann", workflow: "CI" };
const link = "*<https://github.com/acme/shop/compare/000000000000...6113728f27ae|Mend the login>*";
const RUN = "https://github.com/acme/shop/actions/runs/123";

describe.concurrent("the message that needs no wiring", () => {
  test.each([
    ["success", "✅ CI / build succeeded", "#1a7f37"],
    ["failure", "❌ CI / build failed", "#cf222e"],
    ["cancelled", "⏹️ CI / build was cancelled", "#6e7781"],
    ["skipped", "⏭️ CI / build was skipped", "#6e7781"],
  ] as const)(
    "of a job that is a %s says so in words and colour, and leads to the run",
    async (status, title, color) => {
      const posted = await runAndGetMessage({ status }, { context, event: getPayload("push") });
      expect(posted).toEqual({
        text: `${title}: ${link}`,
        blocks: [{ type: "header", text: { type: "plain_text", text: title, emoji: true } }],
        attachments: [{ color, blocks: expect.any(Array) }],
      });
      const texts = getTexts(posted["attachments"]);
      expect(texts[0]).toBe(link);
      expect(texts).toContain("*Repository*\nacme/shop");
      expect(texts).toContain("*Commit*\nffac537");
      expect(texts.at(-1)).toContain(`<${RUN}|Open the run>`);
    },
  );

  test.each(["", "neutral", "constructor"])(
    "of a status %j has its topic in words, and no colour",
    async (status) => {
      const { step, messages } = await runSlackStep({ status }, { context, event: getPayload("push") });
      const [posted = {}] = messages;
      expect(step.annotations).toHaveLength(status === "" ? 0 : 1);
      expect(posted).not.toHaveProperty("attachments");
      expect(getTexts(posted)).toContain("Push pushed");
    },
  );

  test("of another job is what its status says", async () => {
    const posted = await runAndGetMessage({ status: "failure" }, { context });
    expect(posted["text"]).toContain("❌ CI / build failed");
  });

  test.each(SUMMARIES)("of $name is about what happened", async ({ name, subject }) => {
    const posted = await runAndGetMessage({}, { context, event: getPayload(name), eventName: name });
    const said = getTexts(posted).join("\n");
    // The number is in the title, and what is not so is not said.
    for (const [key, value] of Object.entries(subject))
      if (key === "number" || value === false) expect(said).not.toContain(`*${humanizeKey(key)}*`);
      else if (typeof value === "string") expect(said).toContain(value.replace(/^https:\/\//, ""));
      else if (typeof value !== "object") expect(said).toContain(`*${humanizeKey(key)}*\n${String(value)}`);
    const { title, url } = subject;
    if (title !== undefined) expect(said).toContain(`*<${String(url)}|${String(title)}>*`);
    expect(said).toContain("*Actor*\nann");
  });

  test("where another workflow's end started this one is about that", async () => {
    const posted = await runAndGetMessage(
      {},
      { context, event: getPayload("workflow_run"), eventName: "workflow_run" },
    );
    expect(posted["text"]).toContain("❌ Build failed: ");
  });

  test("of data of one's own lists that alone, under its topic", async () => {
    const given = {
      topic: "deploy.finished",
      data: '{"environment":"production","runUrl":"https://a.example"}',
    };
    const posted = await runAndGetMessage(given, { context, event: getPayload("push") });
    expect(posted["text"]).toBe("✅ Deploy finished: Environment production, Run URL https://a.example");
    const texts = getTexts(posted["attachments"]);
    expect(texts.slice(0, 2)).toEqual([
      "*Environment*\nproduction",
      "*Run URL*\n<https://a.example|a.example>",
    ]);
    expect(texts).toHaveLength(3);
  });

  test("lists fields before what happened", async () => {
    const fields = "environment=production\nnote=one & two\nsha:=github.sha";
    const texts = getTexts(
      (await runAndGetMessage({ fields }, { context, event: getPayload("push") }))["attachments"],
    );
    expect(texts.slice(1, 5)).toEqual([
      "*Environment*\nproduction",
      "*Note*\none &amp; two",
      "*SHA*\nffac537e6cbbf934b08745a378932722df287a53",
      "*Author*\nAnn",
    ]);
  });

  test("of an event without a title says the rest", async () => {
    const texts = getTexts(
      (await runAndGetMessage({}, { context, event: {}, eventName: "watch" }))["attachments"],
    );
    expect(texts[0]).toBe("*Repository*\nacme/shop");
  });

  test("links to nothing but https", async () => {
    const event = { deployment_status: { description: "Out", target_url: "javascript:alert(1)" } };
    const texts = getTexts(await runAndGetMessage({}, { context, event, eventName: "deployment_status" }));
    expect(texts).toContain("*Out*");
    expect(texts.join()).not.toContain("<javascript");
  });
});

describe.concurrent("message", () => {
  const message7 = 'Deployed <{{ github.run_url }}|{{ data.environment }}>: {{ data.none ?? "-" }}';

  test("is said in the place of what happened, with the fields beneath", async () => {
    const posted = await runAndGetMessage(
      { message: message7, fields: "environment=a & b" },
      { context, event: getPayload("push") },
    );
    expect(posted["text"]).toBe(`✅ CI / build succeeded: Deployed <${RUN}|a &amp; b>: -`);
    expect(getTexts(posted["attachments"]).slice(0, -1)).toEqual([
      `Deployed <${RUN}|a &amp; b>: -`,
      "*Environment*\na &amp; b",
    ]);
  });

  test("may hold several lines, and quotes", async () => {
    const posted = await runAndGetMessage({ message: 'one\n"two" `three`\n{{ job.status }}' }, { context });
    expect(getTexts(posted["attachments"])[0]).toBe('one\n"two" `three`\nsuccess');
  });
});

/** The topic and names of facts as a message has them. */
function humanizeKey(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

test.concurrent("a template is the message, blocks and all", async () => {
  const template = {
    text: "{{ topic }} & <{{ github.run_url }}|run>",
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: "*{{ github.event.head_commit.message }}*" } },
      {
        type: "actions",
        elements: [
          { type: "button", text: { type: "plain_text", text: "Run" }, url: "{{ github.run_url }}" },
        ],
      },
    ],
  };
  const around = {
    context,
    event: getPayload("push"),
    workspaceFiles: { "t.json": JSON.stringify(template) },
  };
  const [given, inFile] = await Promise.all([
    runAndGetMessage({ template: JSON.stringify(template) }, around),
    runAndGetMessage({ "template-file": "t.json" }, around),
  ]);
  expect(inFile).toEqual(given);
  expect(given["text"]).toBe(`push.pushed & <${RUN}|run>`);
  expect((given["blocks"] as readonly Json[])[0]).toMatchObject({
    text: { text: "*Mend the login\n\nIt was broken.*", verbatim: true },
  });
  expect((given["blocks"] as readonly Json[])[1]).toMatchObject({ elements: [{ url: RUN }] });
});
