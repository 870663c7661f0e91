import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { HeronError, type HttpResponse, type OutgoingRequest } from "@heron-webhooks/core";
import type { TlsSettings } from "./settings.ts";

/** Makes one attempt. Resolves to what came of it, and never rejects. */
export type Transport = (request: OutgoingRequest, signal: AbortSignal) => Promise<HttpResponse | Error>;

/** What differs between http and https. */
interface Client {
  readonly request: (url: URL, options: RequestOptions) => ClientRequest;
  readonly agent: RequestOptions["agent"];
}

const MAX_BODY_BYTES = 4096;

/**
 * A transport over Node's own client, through the proxy that HTTPS_PROXY names, but for what NO_PROXY excepts. An attempt
 * without an answer within `timeout` milliseconds is over. Redirects are not followed.
 * @throws HeronError `option_invalid` if there is a proxy that this Node would pass by
 */
export function createTransport(tls: TlsSettings, timeoutMs: number, env: NodeJS.ProcessEnv): Transport {
  const proxyEnv = readProxyEnvironment(env);
  // Loaded when it is needed: either costs a good part of the start.
  const clients = { http: memoize(loadHttpClient), https: memoize(() => loadHttpsClient(tls, proxyEnv)) };
  return async ({ url: text, method, headers, body }, signal) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const url = new URL(text);
      const { request, agent } = await (url.protocol === "https:" ? clients.https() : clients.http());
      const clientRequest = request(url, {
        method,
        agent,
        headers: { ...headers, "content-length": String(body.byteLength) },
        signal: AbortSignal.any([signal, deadline]),
      });
      const response = await sendRequest(clientRequest, body);
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: await readBody(response),
        receivedAt: Date.now(),
      };
    } catch (error) {
      if (signal.aborted) return new Error("the attempt was broken off");
      if (deadline.aborted)
        return Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: "ETIMEDOUT" });
      return error instanceof Error ? error : new Error(String(error));
    }
  };
}

/** Only this machine itself may be http, and what is sent to it is nothing for a proxy to read. */
async function loadHttpClient(): Promise<Client> {
  const { request } = await import("node:http");
  return { request, agent: undefined };
}

async function loadHttpsClient(
  { ca, cert, key }: TlsSettings,
  proxyEnv: NodeJS.ProcessEnv | undefined,
): Promise<Client> {
  const { Agent, request } = await import("node:https");
  if (proxyEnv === undefined && ca === undefined && cert === undefined) return { request, agent: undefined };
  // `ca` would stand instead of the authorities that Node trusts, Slack's among them.
  const authorities =
    ca === undefined ? {} : { ca: [...(await import("node:tls")).getCACertificates("default"), ca] };
  return {
    request,
    agent: new Agent({ ...authorities, ...(cert && key && { cert, key }), ...(proxyEnv && { proxyEnv }) }),
  };
}

function memoize(load: () => Promise<Client>): () => Promise<Client> {
  let loading: Promise<Client> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

function sendRequest(request: ClientRequest, body: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Stays for the life of the request: what fails after the answer has come must not end the process.
    request.on("error", reject);
    request.once("response", resolve);
    // Without a listener, Node drops a connection that changes its protocol, and says nothing.
    request.once("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response);
    });
    request.once("close", () => reject(new Error("the connection was closed without an answer")));
    request.end(body);
  });
}

/** The beginning of an answer's body. If the rest of it does not come, the status still counts. */
async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_BODY_BYTES) break;
    }
  } catch {
    // What came of it is kept.
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString("utf8");
}

/**
 * The environment, if it names a proxy for https. Where Node would not understand it, or before 24.5 not look at it, it
 * would connect directly, and nobody would know.
 */
function readProxyEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv | undefined {
  const proxy = env["https_proxy"] || env["HTTPS_PROXY"];
  if (!proxy) return undefined;
  const url = proxy.includes("://") ? proxy : `http://${proxy}`;
  if (!/^https?:/i.test(url) || !URL.canParse(url))
    throw new HeronError(
      "option_invalid",
      "HTTPS_PROXY must be the URL of an HTTP proxy, such as http://proxy.example:3128.",
    );
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 24 || (major === 24 && minor < 5))
    throw new HeronError(
      "option_invalid",
      `A proxy is set, and the runner's Node ${process.versions.node} would pass it by: update the runner to 2.328 or later.`,
    );
  return { ...env, https_proxy: url };
}
