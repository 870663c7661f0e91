import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { HeronError } from "@heron-webhooks/core";
import type { HttpResponse, OutgoingRequest } from "@heron-webhooks/core/delivery";
import type { TlsSettings } from "./settings.ts";

/** Makes one attempt. Resolves to the response or an error; never rejects. */
export type Transport = (request: OutgoingRequest, signal: AbortSignal) => Promise<HttpResponse | Error>;

/** The client for http or https. */
interface Client {
  readonly request: (url: URL, options: RequestOptions) => ClientRequest;
  readonly agent: RequestOptions["agent"];
}

const MAX_BODY_BYTES = 4096;

/**
 * A transport over Node's HTTP client. Honours HTTPS_PROXY and NO_PROXY; does not follow redirects.
 * @throws HeronError `option_invalid` for a proxy that this version of Node would ignore
 */
export function createTransport(tls: TlsSettings, timeoutMs: number, env: NodeJS.ProcessEnv): Transport {
  const proxyEnv = readProxyEnvironment(env);
  // Load on demand: either module takes much of the start-up time.
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
      if (signal.aborted) return new Error("the attempt was aborted");
      if (deadline.aborted)
        return Object.assign(new Error(`no response within ${timeoutMs / 1000} s`), { code: "ETIMEDOUT" });
      return error instanceof Error ? error : new Error(String(error));
    }
  };
}

/** http is for loopback only, so it never uses a proxy. */
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
  // `ca` replaces Node's default authorities, Slack's among them, so add these.
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
    // Keep the listener: an error after the response must not end the process.
    request.on("error", reject);
    request.once("response", resolve);
    // Without a listener, Node closes an upgraded connection and emits nothing.
    request.once("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response);
    });
    request.once("close", () => reject(new Error("the connection was closed without a response")));
    request.end(body);
  });
}

/** Reads the start of the body. If reading fails, the status still counts. */
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
    // Keep the part that was read.
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString("utf8");
}

/**
 * The environment, if it sets a proxy for https. Throws where Node would silently connect directly: for a value that it
 * does not understand, and before version 24.5.
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
      `HTTPS_PROXY is set, but the runner's Node ${process.versions.node} ignores it: update the runner to 2.328 or later.`,
    );
  return { ...env, https_proxy: url };
}
