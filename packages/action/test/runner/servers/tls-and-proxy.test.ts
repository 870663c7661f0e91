import { once } from "node:events";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent, type AgentOptions, request } from "node:https";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, test } from "vitest";
import { type Certificate, type Certificates, makeCertificates } from "./certificates.ts";
import { ConnectProxy } from "./connect-proxy.ts";
import { Receiver } from "./receiver.ts";
import { Slack } from "./slack.ts";

let made: Certificates;
beforeAll(async () => {
  made = await makeCertificates(["localhost", "127.0.0.1", "hooks.slack.com"]);
});

interface Got {
  readonly status: number;
  readonly body: string;
}

/** Posts over TLS, trusting the authority. */
async function post(url: string, options: AgentOptions = {}, body = "{}"): Promise<Got> {
  const agent = new Agent({ ca: made.authority.cert, ...options });
  try {
    const headers = { "content-type": "application/json" };
    const sent = request(url, { method: "POST", agent, headers });
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  } finally {
    agent.destroy();
  }
}

function secure(certificate: Certificate): Promise<Receiver> {
  return Receiver.open({ tls: { ...certificate } });
}

describe("certificates", () => {
  test("the server's is trusted with the authority, for its names and addresses alone", async () => {
    await using receiver = await secure(made.server);
    expect(await post(receiver.url())).toEqual({ status: 200, body: "" });
    expect(await post(`https://localhost:${receiver.port}`)).toMatchObject({ status: 200 });
    await expect(post(receiver.url(), { ca: made.client.cert })).rejects.toThrow("unable to verify");
    await expect(post(receiver.url(), { servername: "other.example" })).rejects.toThrow("does not match");
  });

  test("the others are rejected for what they are", async () => {
    await using expired = await secure(made.expired);
    await using wrong = await secure(made.wrongName);
    await expect(post(expired.url())).rejects.toMatchObject({ code: "CERT_HAS_EXPIRED" });
    await expect(post(wrong.url())).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  });

  test("clients show theirs", async () => {
    await using receiver = await Receiver.open({
      tls: { ...made.server, ca: made.authority.cert, requestCert: true, rejectUnauthorized: true },
    });
    expect(await post(receiver.url(), { ...made.client })).toMatchObject({ status: 200 });
    expect(receiver.requests[0]?.client).toBe("client");
    await expect(post(receiver.url())).rejects.toThrow();
    await expect(post(receiver.url(), { ...made.stranger })).rejects.toThrow();
    expect(receiver.requests).toHaveLength(1);
  });
});

describe("the proxy", () => {
  test("tunnels TLS", async () => {
    await using receiver = await secure(made.server);
    await using proxy = await ConnectProxy.open();
    const proxyEnv = { HTTPS_PROXY: proxy.url };
    expect(await post(receiver.url("/x"), { proxyEnv })).toMatchObject({ status: 200 });
    expect(receiver.requests[0]?.path).toBe("/x");
    expect(proxy.proxied).toEqual([
      { kind: "tunnel", target: `127.0.0.1:${receiver.port}`, status: 200, user: null },
    ]);
  });

  test("is passed by where NO_PROXY says so", async () => {
    await using receiver = await secure(made.server);
    await using proxy = await ConnectProxy.open();
    await post(receiver.url(), { proxyEnv: { HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.1" } });
    expect([receiver.requests.length, proxy.proxied]).toEqual([1, []]);
  });

  test("asks for a password", async () => {
    await using receiver = await secure(made.server);
    await using proxy = await ConnectProxy.open({ user: "me", password: "p@ss:word" });
    expect(await post(receiver.url(), { proxyEnv: { HTTPS_PROXY: proxy.url } })).toMatchObject({
      status: 200,
    });
    const anonymous = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    await expect(post(receiver.url(), { proxyEnv: anonymous })).rejects.toThrow("407");
    expect(proxy.proxied.map(({ status, user }) => [status, user])).toEqual([
      [200, "me"],
      [407, null],
    ]);
  });

  test("resolves a name to its configured server: Slack's own, with a client certificate", async () => {
    const tls = { ...made.server, ca: made.authority.cert, requestCert: true };
    await using slack = await Slack.open({ tls });
    await using proxy = await ConnectProxy.open({ routes: { "hooks.slack.com:443": slack.receiver.port } });
    const url = `https://hooks.slack.com${slack.path()}`;
    const options = { proxyEnv: { HTTPS_PROXY: proxy.url }, ...made.client };
    expect(await post(url, options, '{"text":"a"}')).toEqual({ status: 200, body: "ok" });
    expect(slack.messages).toEqual([{ text: "a" }]);
    expect(slack.requests[0]?.client).toBe("client");
    expect(proxy.proxied[0]?.target).toBe("hooks.slack.com:443");
  });

  test("responds with an error for an unreachable target", async () => {
    const closed = await Receiver.open();
    await closed[Symbol.asyncDispose]();
    await using proxy = await ConnectProxy.open();
    const url = `https://127.0.0.1:${closed.port}`;
    await expect(post(url, { proxyEnv: { HTTPS_PROXY: proxy.url } })).rejects.toThrow("502");
    expect(proxy.proxied).toMatchObject([{ kind: "tunnel", status: 502 }]);
  });

  test("forwards plain HTTP, and keeps the password to itself", async () => {
    await using receiver = await Receiver.open({ answers: [{ status: 202, body: "later" }] });
    await using proxy = await ConnectProxy.open({ user: "me", password: "sesame" });
    const agent = new HttpAgent({ proxyEnv: { HTTP_PROXY: proxy.url } });
    const sent = httpRequest(receiver.url("/a?b"), { method: "POST", agent, headers: { "x-a": "1" } });
    sent.end("body");
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect([response.statusCode, await text(response)]).toEqual([202, "later"]);
    agent.destroy();
    const [got] = receiver.requests;
    expect(got).toMatchObject({ method: "POST", path: "/a?b", headers: { "x-a": "1" } });
    expect(got?.body.toString()).toBe("body");
    expect(got?.headers).not.toHaveProperty("proxy-authorization");
    expect(proxy.proxied).toEqual([
      { kind: "forward", target: `127.0.0.1:${receiver.port}`, status: 202, user: "me" },
    ]);
  });

  test("is no web server", async () => {
    await using proxy = await ConnectProxy.open();
    expect((await fetch(`http://127.0.0.1:${proxy.port}/`)).status).toBe(400);
  });
});
