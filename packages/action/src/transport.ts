import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { type Answer, HeronError, type OutgoingRequest } from "@heron-webhooks/core";
import type { TlsSettings } from "./settings.ts";

/** Makes one attempt. Resolves to what came of it, and never rejects. */
export type Transport = (request: OutgoingRequest, signal: AbortSignal) => Promise<Answer | Error>;

/** What differs between http and https. */
interface Client {
  readonly request: (url: URL, options: RequestOptions) => ClientRequest;
  readonly agent: RequestOptions["agent"];
}

const MOST_KEPT = 4096;

/**
 * A transport over Node's own client, through the proxy that the environment names for the host, if it does. An attempt
 * without an answer within `timeout` milliseconds is over. Redirects are not followed.
 * @throws HeronError `option_invalid` if there is a proxy and this Node would pass it by
 */
export function createTransport(tls: TlsSettings, timeout: number, env: NodeJS.ProcessEnv): Transport {
  const proxyEnv = proxied(env) ? env : undefined;
  // Loaded when it is needed: either costs a good part of the start.
  const clients = {
    http: lazily(() => httpClient(proxyEnv)),
    https: lazily(() => httpsClient(tls, proxyEnv)),
  };
  return async ({ url: text, method, headers, body }, signal) => {
    const deadline = AbortSignal.timeout(timeout);
    try {
      const url = new URL(text);
      const { request, agent } = await (url.protocol === "https:" ? clients.https() : clients.http());
      const sent = request(url, {
        method,
        agent,
        headers: { ...headers, "content-length": String(body.byteLength) },
        signal: AbortSignal.any([signal, deadline]),
      });
      const response = await answered(sent, body);
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: await read(response),
        at: Date.now(),
      };
    } catch (error) {
      if (signal.aborted) return new Error("the job was cancelled");
      if (deadline.aborted)
        return Object.assign(new Error(`no answer within ${timeout / 1000} s`), { code: "ETIMEDOUT" });
      return error instanceof Error ? error : new Error(String(error));
    }
  };
}

async function httpClient(proxyEnv: NodeJS.ProcessEnv | undefined): Promise<Client> {
  const { Agent, request } = await import("node:http");
  return { request, agent: proxyEnv && new Agent({ proxyEnv }) };
}

async function httpsClient(
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

function lazily(load: () => Promise<Client>): () => Promise<Client> {
  let loading: Promise<Client> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

function answered(request: ClientRequest, body: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Stays for the life of the request: what fails after the answer has come must not end the process.
    request.on("error", reject);
    request.once("response", resolve);
    request.end(body);
  });
}

/** The beginning of an answer's body. If the rest of it does not come, the status still counts. */
async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MOST_KEPT) break;
    }
  } catch {
    // What came of it is kept.
  }
  return Buffer.concat(chunks).subarray(0, MOST_KEPT).toString("utf8");
}

/** Whether the environment names a proxy. Before Node 24.5 an agent ignores it, and would connect directly. */
function proxied(env: NodeJS.ProcessEnv): boolean {
  const named = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"].some(
    (name) => (env[name] ?? "") !== "",
  );
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (named && (major < 24 || (major === 24 && minor < 5)))
    throw new HeronError(
      "option_invalid",
      `A proxy is set, and the runner's Node ${process.versions.node} would pass it by: update the runner to 2.328 or later.`,
    );
  return named;
}
