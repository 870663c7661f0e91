import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { COMMIT_MESSAGE, PAYLOADS } from "./example-payloads.ts";
import { runStep, type StepOptions, type StepResult } from "./runner/run-step.ts";
import { type Certificates, makeCertificates } from "./runner/servers/certificates.ts";
import { ConnectProxy } from "./runner/servers/connect-proxy.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { Slack } from "./runner/servers/slack.ts";
import { openMutualTlsReceiver } from "./secure.ts";
import { expectSigned } from "./signatures.ts";
import { getTexts, SECRET } from "./step.ts";
import { EXAMPLES, readWorkflow, type Values } from "./workflows.ts";

const context = { repository: "acme/shop", actor: "octocat" };
const delivered = { exitCode: 0, annotations: [], outputs: { ok: "true", failed: "0" } };

/** Runs the example's step for the event that it is for, with URLs of its own changed into others. */
async function run(
  file: string,
  values: Values,
  options: StepOptions & { readonly moved?: Readonly<Record<string, string>> } = {},
): Promise<StepResult> {
  const workflow = readWorkflow(file);
  const [eventName = ""] = workflow.triggers;
  const { with: given, env } = workflow.step(values);
  const moved = Object.entries(options.moved ?? {});
  const url = moved.reduce((text, [from, to]) => text.replaceAll(from, to), given["url"] ?? "");
  return await runStep({
    event: PAYLOADS[eventName],
    eventName,
    context: { ...context, workflow: workflow.name },
    secrets: Object.values(values["secrets"] ?? {}),
    env,
    ...options,
    with: { ...given, ...(url === "" ? {} : { url }) },
  });
}

let made: Certificates;
beforeAll(async () => {
  made = await makeCertificates(["report.example"]);
});

describe("the examples", () => {
  const files = readdirSync(EXAMPLES).filter((name) => name.endsWith(".yml"));

  test("are the README's", () => {
    const page = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const named = [...page.matchAll(/\(\.\.\/\.\.\/examples\/workflows\/(.*?\.yml)\)/g)].map(
      ([, name]) => name,
    );
    expect(named.sort()).toEqual(files.sort());
  });

  test.each(files)("%s gives no input that there is not, and puts no text of others into scripts", (file) => {
    const text = readFileSync(new URL(file, EXAMPLES), "utf8");
    expect(text).toMatch(/^permissions:/m);
    expect(text).not.toMatch(/\$\{\{[^}]*github\.(?:event|head_ref)/);
    expect(text).not.toContain("pull_request_target");
  });
});

describe.concurrent("as GitHub's runner runs it", () => {
  test("slack-when-it-fails.yml sends Slack what failed, where and by whom", async () => {
    await using slack = await Slack.open();
    const values = { secrets: { SLACK_WEBHOOK_URL: slack.url } };
    const step = await run("slack-when-it-fails.yml", values, { jobStatus: "failure" });
    expect(step).toMatchObject(delivered);
    expect([slack.faults, slack.messages.length]).toEqual([[], 1]);
    const [message = {}] = slack.messages;
    const texts = getTexts(message).join("\n");
    expect(texts).toMatch(/❌ CI\b.* failed/);
    expect(texts).toContain("acme/shop");
    expect(texts).toContain("octocat");
    expect(texts).toContain('Mend "login" &amp; &lt;b&gt;co&lt;/b&gt;');
    expect(texts).toContain("<https://github.com/acme/shop/actions/runs/1658821493|Open the run>");
    expect(message).toMatchObject({ attachments: [{ color: "#cf222e" }] });
    expect(readWorkflow("slack-when-it-fails.yml").step(values).condition).toBe("failure()");
  });

  test("signed-event-after-deploy.yml sends its event, whatever the commit says", async () => {
    await using receiver = await Receiver.open();
    const step = await run("signed-event-after-deploy.yml", {
      vars: { DEPLOY_WEBHOOK_URL: receiver.url("/hook") },
      secrets: { HERON_WEBHOOK_SECRET: SECRET },
      github: { ref_name: 'release/"1"=2' },
    });
    expect(step).toMatchObject(delivered);
    const [request] = receiver.requests;
    if (request === undefined) throw new Error("nothing was sent");
    expect(expectSigned(request, SECRET)).toMatchObject({
      topic: "deploy.finished",
      data: {
        service: "api",
        replicas: 3,
        environment: "production",
        version: 'release/"1"=2',
        commit: COMMIT_MESSAGE,
      },
    });
  });

  test("announce-release.yml reaches both partners, each with its secret, and Slack", async () => {
    await using partner = await Receiver.open();
    await using mirror = await Receiver.open();
    await using slack = await Slack.open();
    const mirrorSecret = "sec_mirror_0123456789abcdefghijklmnop";
    const secrets = {
      PARTNER_WEBHOOK_SECRET: SECRET,
      MIRROR_WEBHOOK_SECRET: mirrorSecret,
      SLACK_WEBHOOK_URL: slack.url,
    };
    const moved = { "https://partner.example": partner.origin, "https://mirror.example": mirror.origin };
    const step = await run("announce-release.yml", { secrets }, { moved });
    expect(step).toMatchObject({ ...delivered, outputs: { ok: "true", delivered: "3" } });
    for (const [{ requests }, secret] of [
      [partner, SECRET],
      [mirror, mirrorSecret],
    ] as const) {
      expect(requests.map(({ path }) => path)).toEqual(["/hooks/releases"]);
      for (const request of requests)
        expect(expectSigned(request, secret)).toMatchObject({
          topic: "release.published",
          data: { tag: "v1.2.3", prerelease: false },
        });
    }
    expect([slack.faults, slack.messages.length]).toEqual([[], 1]);
    expect(getTexts(slack.messages[0]).join("\n")).toMatch(
      /<https:\/\/github\.com\/acme\/shop\/releases\/tag\/v1\.2\.3\|v1\.2\.3> is out\./,
    );
  });

  test("pull-requests.yml posts its own message, from its file", async () => {
    await using slack = await Slack.open();
    const values = { secrets: { SLACK_WEBHOOK_URL: slack.url } };
    const template = readFileSync(new URL("pull-request.json", EXAMPLES));
    const step = await run("pull-requests.yml", values, {
      workspaceFiles: { ".github/slack/pull-request.json": template },
    });
    expect(step).toMatchObject(delivered);
    expect([slack.faults, slack.messages.length]).toEqual([[], 1]);
    expect(slack.messages[0]).toMatchObject({ text: "octocat opened #12" });
    expect(JSON.stringify(slack.messages[0])).not.toMatch(/<!channel>/);
    expect(readWorkflow("pull-requests.yml").step(values).before).toEqual(["actions/checkout@v5"]);
  });

  test("pull-requests.yml is skipped on a fork, which gets no secrets", async () => {
    const step = await run("pull-requests.yml", { secrets: { SLACK_WEBHOOK_URL: "" } });
    expect(step).toMatchObject({ exitCode: 0, outputs: { ok: "true", skipped: "true" } });
    expect(step.annotations).toMatchObject([{ level: "notice" }]);
  });

  test("nightly-report.yml sends the file, through the proxy, known by its certificate", async () => {
    await using receiver = await openMutualTlsReceiver(made);
    const routes = { "report.example:443": receiver.port };
    await using proxy = await ConnectProxy.open({ user: "job", password: "proxypassword", routes });
    const step = await run(
      "nightly-report.yml",
      {
        vars: { PROXY_URL: proxy.url },
        secrets: {
          REPORT_WEBHOOK_URL: "https://report.example/reports",
          HERON_WEBHOOK_SECRET: SECRET,
          REPORT_TOKEN: "tok_0123456789abcdef",
          COMPANY_CA: made.authority.cert,
          CLIENT_CERTIFICATE: made.client.cert,
          CLIENT_KEY: made.client.key,
        },
      },
      { workspaceFiles: { "report.json": '{"rows":[1,2,3],"note":"ü"}\n' } },
    );
    expect(step).toMatchObject(delivered);
    const [request] = receiver.requests;
    if (request === undefined) throw new Error("nothing was sent");
    expect(request).toMatchObject({
      client: "client",
      path: "/reports",
      headers: { authorization: "Bearer tok_0123456789abcdef" },
    });
    expect(expectSigned(request, SECRET)).toMatchObject({
      topic: "report.finished",
      data: { rows: [1, 2, 3], note: "ü" },
    });
    expect(proxy.proxied[0]).toMatchObject({ target: "report.example:443", status: 200, user: "job" });
  });
});
