import type { EventEmitter } from "node:events";
import { HeronError } from "../errors.ts";
import { type NodeMessage, nodeRequest } from "../receiver/node-request.ts";

/** Node's `http.IncomingMessage`, or HTTP/2's. */
export type NodeServerRequest = NodeMessage & { readonly rawHeaders: readonly string[] };

/** Node's `http.ServerResponse`, or HTTP/2's. */
export interface NodeServerResponse extends EventEmitter {
  readonly destroyed: boolean;
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  flushHeaders(): void;
  write(bytes: Uint8Array): boolean;
  end(bytes?: Uint8Array | string): unknown;
}

/** A handler of web requests, such as a console. */
export interface WebHandler {
  /** Responds to a request. Its path is relative to the mount. */
  fetch(request: Request): Promise<Response>;
  /**
   * Responds to some POSTs from their bytes; null falls back to `fetch`. Never rejects. Creating a web `Request` and
   * `Response` costs more than the rest of a small write.
   */
  post?(path: string, body: Uint8Array): Promise<PostResponse> | null;
}

/** A response to a POST. */
export interface PostResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Options of {@link serveWebHandler}. */
export interface ServeOptions {
  /** The path and query below the mount, with a leading slash. */
  readonly path: string;
  /** The largest body, in bytes. Default 1 MiB. */
  readonly bodyLimit?: number | undefined;
  /** The advice for a consumed body, in the framework's terms. */
  readonly bodyConsumedHint: string;
}

const DEFAULT_BODY_LIMIT = 1024 * 1024;

/** Methods that a web request cannot have. Source: Fetch standard, "forbidden method". */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * Serves a Node request with a handler of web requests. Streams server-sent events until the client disconnects; other
 * responses are sent at once. Not a general adapter: it reads the body before calling the handler.
 * @throws HeronError `body_already_consumed`, and errors of the handler. Sends nothing in that case.
 */
export async function serveWebHandler(
  handler: WebHandler,
  request: NodeServerRequest,
  response: NodeServerResponse,
  { path, bodyLimit = DEFAULT_BODY_LIMIT, bodyConsumedHint }: ServeOptions,
): Promise<void> {
  if (FORBIDDEN_METHODS.has(request.method ?? "")) {
    response.writeHead(405, { allow: "GET, HEAD, POST, PUT, DELETE", connection: "close" });
    response.end();
    return;
  }
  const body = await readBody(request, bodyLimit, bodyConsumedHint);
  if (body === "gone") return;
  if (body === "large") {
    // Do not read the rest.
    response.writeHead(413, { connection: "close", "content-type": "application/json" });
    response.end(
      JSON.stringify({ code: 413, name: "Content Too Large", description: "The body is too large." }),
    );
    return;
  }
  const postResponse = request.method === "POST" ? (handler.post?.(path, body) ?? null) : null;
  if (postResponse !== null) {
    const postResult = await postResponse;
    const length = String(Buffer.byteLength(postResult.body));
    response.writeHead(postResult.status, { ...postResult.headers, "content-length": length });
    response.end(postResult.body);
    return;
  }
  const closed = new AbortController();
  const webRequest = new Request(`http://host.invalid${path}`, {
    method: request.method ?? "GET",
    headers: toHeaderList(request),
    signal: closed.signal,
    ...(body.length === 0 ? {} : { body }),
  });
  webRequests.set(response, webRequest);
  response.on("close", () => closed.abort());
  const webResponse = await handler.fetch(webRequest);
  await sendResponse(webResponse, request, response);
}

/**
 * Keeps a request from being garbage-collected while its handler waits for `signal` alone: a `Request` follows the signal that
 * it was made with by a weak reference, so its own would never abort.
 */
const webRequests = new WeakMap<NodeServerResponse, Request>();

function toHeaderList({ rawHeaders }: NodeServerRequest): [string, string][] {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i] as string, rawHeaders[i + 1] as string];
    // HTTP/2 pseudo-headers.
    if (!name.startsWith(":")) headers.push([name, value]);
  }
  return headers;
}

type BodyResult = Uint8Array<ArrayBuffer> | "large" | "gone";

async function readBody(
  request: NodeServerRequest,
  limit: number,
  bodyConsumedHint: string,
): Promise<BodyResult> {
  if (request.method === "GET" || request.method === "HEAD") return new Uint8Array();
  const { rawBody } = request;
  if (ArrayBuffer.isView(rawBody)) {
    const { buffer, byteOffset, byteLength } = rawBody;
    return byteLength > limit ? "large" : new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
  }
  if (request.readableDidRead || request.readableEnded)
    throw new HeronError(
      "body_already_consumed",
      `The body was read before the console could. ${bodyConsumedHint}`,
    );
  if (Number(request.headers["content-length"] ?? 0) > limit) return "large";
  // Most bodies arrive with the head.
  const bufferedBody = nodeRequest(request).readBuffered?.(limit);
  if (bufferedBody !== undefined) return new Uint8Array(bufferedBody);
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const onData = (chunk: Uint8Array): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= limit) return;
      request.off("data", onData);
      request.pause();
      resolve("large");
    };
    request.on("data", onData);
    request.on("end", () => resolve(new Uint8Array(Buffer.concat(chunks))));
    request.on("error", () => resolve("gone"));
    request.on("close", () => resolve("gone"));
  });
}

async function sendResponse(
  webResponse: Response,
  request: NodeServerRequest,
  response: NodeServerResponse,
): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of webResponse.headers) if (name !== "set-cookie") headers[name] = value;
  const cookies = webResponse.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  const { body } = webResponse;
  const isStream = headers["content-type"]?.toString().startsWith("text/event-stream") === true;
  if (body === null || request.method === "HEAD" || !isStream) {
    const bytes = body === null ? null : Buffer.from(await webResponse.arrayBuffer());
    if (bytes !== null && headers["content-length"] === undefined)
      headers["content-length"] = String(bytes.length);
    response.writeHead(webResponse.status, headers);
    if (bytes === null || request.method === "HEAD") response.end();
    else response.end(bytes);
    return;
  }
  response.writeHead(webResponse.status, headers);
  response.flushHeaders();
  await streamBody(body, response);
}

/** Streams a body with backpressure. */
async function streamBody(body: ReadableStream<Uint8Array>, response: NodeServerResponse): Promise<void> {
  const reader = body.getReader();
  response.on("close", () => void reader.cancel().catch(() => {}));
  for (;;) {
    const result = await reader.read().catch(() => null);
    if (result === null || result.done || response.destroyed) break;
    if (!response.write(result.value)) await waitForDrain(response);
  }
  // The client may have disconnected before the listener was added.
  await reader.cancel().catch(() => {});
  response.end();
}

function waitForDrain(response: NodeServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const onReady = (): void => {
      response.off("drain", onReady);
      response.off("close", onReady);
      resolve();
    };
    response.on("drain", onReady);
    response.on("close", onReady);
  });
}
