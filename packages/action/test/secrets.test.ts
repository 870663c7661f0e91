import { beforeAll, describe, expect, test } from "vitest";
import { CANARIES, expectNoLeak, findSecrets, withCanaries } from "./canaries.ts";
import type { Given } from "./runner/inputs.ts";
import { runStep, type StepOptions, type StepResult } from "./runner/run-step.ts";
import { type Certificates, makeCertificates } from "./runner/servers/certificates.ts";
import { ConnectProxy } from "./runner/servers/connect-proxy.ts";
import { type Answer, Receiver } from "./runner/servers/receiver.ts";

let certificates: Certificates;
beforeAll(async () => {
  certificates = await makeCertificates();
});

async function run(given: Given, options: StepOptions = {}): Promise<StepResult> {
  return await runStep({ ...options, with: given, secrets: findSecrets(given), debug: true });
}

/** A step with all canaries, posting to a server that answers so. */
async function runWithAnswer(answer: Answer, more: Given = {}): Promise<StepResult> {
  await using receiver = await Receiver.open({ answers: [answer] });
  return await run({ ...withCanaries(receiver.origin), ...more });
}

describe.concurrent("nothing of a secret is shown", () => {
  test("when all goes well, and every output can be passed on", async () => {
    const step = await runWithAnswer({});
    expect(step).toMatchObject({ exitCode: 0, outputs: { delivered: "2" } });
    expectNoLeak(step);
    expect(step.jobOutputs).toEqual(step.outputs);
    expect(step.outputs["ok"]).toBe("true");
    expect(step.log).toContain("delivered in ");
  });

  test.each<[string, Answer]>([
    ["refuses", { status: 403 }],
    ["sends elsewhere", { redirect: `https://example.com/services/${CANARIES.path}` }],
    ["never answers", { hang: true }],
    ["breaks off", { reset: true }],
    ["breaks off in its answer", { status: 500, reset: "body" }],
  ])("when the server %s", async (_name, answer) => {
    const step = await runWithAnswer(answer, answer.hang === true ? { timeout: "300ms" } : {});
    expect(step).toMatchObject({ exitCode: 1, outputs: { failed: "2" } });
    expect(step.annotations).toHaveLength(2);
    expectNoLeak(step);
    expect(step.jobOutputs).toEqual(step.outputs);
  });

  test("if the connection is refused, or the name unknown", async () => {
    await using receiver = await Receiver.open();
    const { origin } = receiver;
    await receiver[Symbol.asyncDispose]();
    const refused = await run(withCanaries(origin));
    expect(refused.annotations[0]?.message).toContain("ECONNREFUSED");
    expectNoLeak(refused);
    const unnamed = await run(withCanaries("https://no.such.name.invalid"));
    expect(unnamed.exitCode).toBe(1);
    expectNoLeak(unnamed);
  });

  test("when the certificate is not trusted, with a client's key beside", async () => {
    const { server, client } = certificates;
    await using receiver = await Receiver.open({ tls: server });
    const given = { ...withCanaries(receiver.origin), "client-cert": client.cert, "client-key": client.key };
    const step = await run(given);
    expect(step).toMatchObject({ exitCode: 1, outputs: { failed: "2" } });
    expectNoLeak(step, [...Object.values(CANARIES), ...getLines(client.key)]);
    expectNoLeak(await run({ ...given, "dry-run": true }), getLines(client.key));
  });

  test("as a dry run, which shows the request all the same", async () => {
    const fields = `a=x ${CANARIES.bearer} y\nb=${CANARIES.secret}\nc=##[error]c`;
    const step = await runWithAnswer({}, { "dry-run": true, fields });
    expect(step).toMatchObject({ exitCode: 0, outputs: { skipped: "true" } });
    expectNoLeak(step);
    expect(step.log).toMatch(/^ {2}authorization: \*\*\*$/im);
    expect(step.log).toMatch(/^ {2}X-Api-Key: \*\*\*$/im);
    expect(step.log).toMatch(/^ {2}heron-signature: [\w+/]{43}=$/m);
    const body = JSON.parse(/^ {2}(\{"topic".*)$/m.exec(step.rawOutput)?.[1] ?? "") as unknown;
    expect(body).toMatchObject({ data: { a: "x *** y", b: "***", c: "##[error]c" } });
    expect(step.annotations).toMatchObject([
      { level: "notice", message: "Nothing was sent: this is a dry run." },
    ]);
  });

  test.each<[string, Given]>([
    ["data", { data: `{"a": ${CANARIES.secret}}` }],
    ["words", { retries: CANARIES.secret, timeout: CANARIES.secret }],
    ["an on-error", { "on-error": CANARIES.secret, summary: CANARIES.secret }],
    ["a header", { headers: `X-Key: ${CANARIES.header}\nHost: ${CANARIES.bearer}${CANARIES.header}` }],
    ["a header without a name", { headers: `: ${CANARIES.header}` }],
    ["a secret too many", { secret: `${CANARIES.secret}\n${CANARIES.bearer}` }],
    ["a secret of another spelling", { secret: `whsec_${CANARIES.bearer}` }],
    ["a URL with a password", { url: `https://me:${encodeURIComponent(CANARIES.token)}@example.com/` }],
    ["a URL that is none", { url: `example.com?token=${CANARIES.bearer}` }],
    ["a URL that is not https", { url: `http://example.com/${CANARIES.path}` }],
    ["a key that is no PEM", { "client-cert": "cert.pem", "client-key": "MC4CAQAwBQYDK2VwBCIEIHkeyCanary" }],
    ["a template", { template: `{"a": "{{ data.x }} ${CANARIES.bearer}"}` }],
    ["a topic", { topic: CANARIES.bearer }],
  ])("when %s is wrong", async (_name, more) => {
    await using receiver = await Receiver.open();
    const workspaceFiles = { "cert.pem": "-----BEGIN CERTIFICATE-----" };
    const given = { ...withCanaries(receiver.origin), "slack-webhook": "", ...more };
    const all = [...findSecrets(given), ...Object.values(more).map(String)];
    const step = await runStep({ with: given, secrets: all, debug: true, workspaceFiles });
    expect(receiver.requests).toEqual([]);
    expect(step).toMatchObject({ exitCode: 1, annotations: [{ level: "error" }] });
    expectNoLeak(step, [...Object.values(CANARIES), "MC4CAQAwBQYDK2VwBCIEIHkeyCanary"]);
  });
});

describe.concurrent("a proxy's password", () => {
  test.each(["HTTPS_PROXY", "https_proxy"])("is not shown, in no encoding, from %s", async (name) => {
    await using proxy = await ConnectProxy.open({ user: "me", password: CANARIES.proxy });
    const basic = Buffer.from(`me:${CANARIES.proxy}`).toString("base64");
    const wrong = proxy.url.replace("me:", "you:");
    for (const url of [proxy.url, wrong, "http://me:c4naryC4nary@127.0.0.1:9"]) {
      const step = await runStep({
        with: { ...withCanaries("https://no.such.name.invalid"), "slack-webhook": "" },
        env: { [name]: url },
        secrets: [url, ...findSecrets(withCanaries("https://no.such.name.invalid"))],
        debug: true,
      });
      expect(step.exitCode).toBe(1);
      expectNoLeak(step, [
        ...Object.values(CANARIES),
        encodeURIComponent(CANARIES.proxy),
        basic,
        "c4naryC4nary",
      ]);
    }
  });
});

/** The lines of a key that are its own. */
function getLines(pem: string): readonly string[] {
  return pem.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith("-----"));
}
