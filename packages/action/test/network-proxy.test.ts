import { beforeAll, describe, expect, test } from "vitest";
import { parseSingleResult } from "./results.ts";
import { runStep } from "./runner/run-step.ts";
import { type Certificates, makeCertificates } from "./runner/servers/certificates.ts";
import { ConnectProxy } from "./runner/servers/connect-proxy.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { Slack } from "./runner/servers/slack.ts";
import { openMutualTlsReceiver, openTlsReceiver, runStepAgainst } from "./secure.ts";
import { expectSigned } from "./signatures.ts";
import { SECRET } from "./step.ts";
import { Wire } from "./wire.ts";

let made: Certificates;
let ca: string;
beforeAll(async () => {
  made = await makeCertificates(["localhost", "127.0.0.1", "hooks.slack.com", "partner.example"]);
  ca = made.authority.cert;
});

const delivered = { exitCode: 0, annotations: [], outputs: { ok: "true", attempts: "1" } };

describe.concurrent("a proxy", () => {
  test.each(["HTTPS_PROXY", "https_proxy"])("of %s is gone through", async (name) => {
    await using receiver = await openTlsReceiver(made.server);
    await using proxy = await ConnectProxy.open();
    const step = await runStepAgainst(receiver, { ca }, { env: { [name]: proxy.url } });
    expect(step).toMatchObject(delivered);
    expect(getProxyCases(proxy)).toEqual([`tunnel to 127.0.0.1:${receiver.port}`]);
    for (const request of receiver.requests) expectSigned(request, SECRET);
  });

  test("is asked for names that only it knows", async () => {
    await using slack = await Slack.open({ tls: { ...made.server } });
    await using receiver = await openTlsReceiver(made.server);
    await using proxy = await ConnectProxy.open({
      routes: { "hooks.slack.com:443": slack.receiver.port, "partner.example:443": receiver.port },
    });
    const step = await runStep({
      with: {
        url: `https://hooks.slack.com${slack.path()}\nhttps://partner.example/hook`,
        secret: SECRET,
        headers: "x-key: only-for-partners",
        ca,
      },
      env: { HTTPS_PROXY: proxy.url },
    });
    expect(step).toMatchObject({ annotations: [], outputs: { ok: "true", delivered: "2" } });
    expect([slack.messages.length, slack.faults, receiver.requests.length]).toEqual([1, [], 1]);
    expect(receiver.requests[0]?.headers).toHaveProperty("x-key", "only-for-partners");
    expect(slack.requests[0]?.headers).not.toHaveProperty("x-key");
    expect(getProxyCases(proxy)).toEqual(["tunnel to hooks.slack.com:443", "tunnel to partner.example:443"]);
  });

  test("gets user and password, and no other server does", async () => {
    await using receiver = await openTlsReceiver(made.server);
    await using proxy = await ConnectProxy.open({ user: "me", password: "p@ss:wörd" });
    const step = await runStepAgainst(receiver, { ca }, { rawEnv: { HTTPS_PROXY: proxy.url } });
    expect(step).toMatchObject(delivered);
    expect(proxy.proxied[0]).toMatchObject({ status: 200, user: "me" });
    expect(receiver.requests[0]?.headers).not.toHaveProperty("proxy-authorization");
  });

  test("without them responds with an error, and they are not shown", async () => {
    await using receiver = await openTlsReceiver(made.server);
    await using proxy = await ConnectProxy.open({ user: "me", password: "right" });
    const rawEnv = { HTTPS_PROXY: `http://me:wrongpassword@127.0.0.1:${proxy.port}` };
    const step = await runStepAgainst(receiver, { ca }, { rawEnv });
    expect(parseSingleResult(step).reason).toMatch(/ 407 Proxy Authentication Required$/);
    expect(step.log).not.toContain("wrongpassword");
    expect(step.outputs["results"]).not.toContain("wrongpassword");
    expect(receiver.requests).toEqual([]);
  });

  test.each([
    ["NO_PROXY", "127.0.0.1"],
    ["no_proxy", "example.com, 127.0.0.1"],
    ["NO_PROXY", "*"],
  ])("is passed by where %s is %s", async (name, value) => {
    await using receiver = await openTlsReceiver(made.server);
    await using proxy = await ConnectProxy.open();
    const rawEnv = { HTTPS_PROXY: proxy.url, [name]: value };
    expect(await runStepAgainst(receiver, { ca }, { rawEnv })).toMatchObject(delivered);
    expect(proxy.proxied).toEqual([]);
  });

  test("is gone through where NO_PROXY means others", async () => {
    await using receiver = await openTlsReceiver(made.server);
    await using proxy = await ConnectProxy.open();
    const rawEnv = { HTTPS_PROXY: proxy.url, NO_PROXY: "example.com,.internal,10.0.0.1" };
    expect(await runStepAgainst(receiver, { ca }, { rawEnv })).toMatchObject(delivered);
    expect(getProxyCases(proxy)).toEqual([`tunnel to 127.0.0.1:${receiver.port}`]);
  });

  test("is not for http, which never leaves this machine", async () => {
    await using plain = await Receiver.open();
    await using proxy = await ConnectProxy.open();
    const rawEnv = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    expect(await runStepAgainst(plain, {}, { rawEnv })).toMatchObject(delivered);
    expect(proxy.proxied).toEqual([]);
  });

  test("of HTTP_PROXY is not for https", async () => {
    await using receiver = await openTlsReceiver(made.server);
    await using proxy = await ConnectProxy.open();
    expect(await runStepAgainst(receiver, { ca }, { rawEnv: { HTTP_PROXY: proxy.url } })).toMatchObject(
      delivered,
    );
    expect(proxy.proxied).toEqual([]);
  });

  test("may be named without its scheme", async () => {
    await using receiver = await openTlsReceiver(made.server);
    await using proxy = await ConnectProxy.open();
    const rawEnv = { HTTPS_PROXY: `127.0.0.1:${proxy.port}` };
    expect(await runStepAgainst(receiver, { ca }, { rawEnv })).toMatchObject(delivered);
    expect(getProxyCases(proxy)).toEqual([`tunnel to 127.0.0.1:${receiver.port}`]);
  });

  test.each(["socks5://127.0.0.1:1080", "http://", "://"])(
    "that cannot be one is rejected, and not passed by: %s",
    async (HTTPS_PROXY) => {
      await using receiver = await openTlsReceiver(made.server);
      const step = await runStepAgainst(receiver, { ca }, { rawEnv: { HTTPS_PROXY } });
      expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false", attempts: "0" } });
      expect(step.annotations[0]?.message).toMatch(/^HTTPS_PROXY must be the URL of an HTTP proxy/);
      expect(receiver.requests).toEqual([]);
    },
  );

  test("does not come between client's and server's certificates", async () => {
    await using receiver = await openMutualTlsReceiver(made);
    await using proxy = await ConnectProxy.open({ user: "me", password: "sesame" });
    const { cert, key } = made.client;
    const given = { ca, "client-cert": cert, "client-key": key };
    expect(await runStepAgainst(receiver, given, { rawEnv: { HTTPS_PROXY: proxy.url } })).toMatchObject(
      delivered,
    );
    expect(receiver.requests[0]?.client).toBe("client");
  });

  test("that is unreachable, or cannot connect, is retried and named", async () => {
    await using receiver = await openTlsReceiver(made.server);
    const gone = await runStepAgainst(receiver, { ca }, { rawEnv: { HTTPS_PROXY: "http://127.0.0.1:1" } });
    expect(parseSingleResult(gone)).toMatchObject({
      attemptCount: 2,
      reason: "connect ECONNREFUSED 127.0.0.1:1",
    });
    await using proxy = await ConnectProxy.open({ routes: { "partner.example:443": 1 } });
    const rawEnv = { HTTPS_PROXY: proxy.url };
    const far = await runStepAgainst(receiver, { url: "https://partner.example/", ca }, { rawEnv });
    expect(parseSingleResult(far)).toMatchObject({ attemptCount: 2 });
    expect(parseSingleResult(far).reason).toMatch(/^ERR_PROXY_TUNNEL: .*502 Bad Gateway$/);
  });

  test("cannot give the runner commands", async () => {
    await using wire = await Wire.open((socket) => socket.end("HTTP/1.1 407 ##[error]mine\r\n\r\n"));
    await using receiver = await openTlsReceiver(made.server);
    const rawEnv = { HTTPS_PROXY: `http://127.0.0.1:${wire.port}` };
    const step = await runStepAgainst(receiver, { ca }, { rawEnv });
    expect(step.annotations).toHaveLength(1);
    expect(step.annotations[0]?.message).toContain("407 # #[error]mine");
  });
});

/** What went through a proxy, and to where. */
function getProxyCases({ proxied }: ConnectProxy): readonly string[] {
  return [...new Set(proxied.map(({ kind, target }) => `${kind} to ${target}`))].sort();
}
