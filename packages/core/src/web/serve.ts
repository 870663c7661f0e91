import type { EventEmitter } from "node:events";
import { HeronError } from "../errors.ts";
import { type NodeMessage, nodeRequest } from "../receive/node-request.ts";

/** Node's `http.IncomingMessage`, or HTTP/2's. */
export type WebMessage = NodeMessage & { readonly rawHeaders: readonly string[] };

/** Node's `http.ServerResponse`, or HTTP/2's. */
export interface WebResponse extends EventEmitter {
  readonly destroyed: boolean;
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  flushHeaders(): void;
  write(bytes: Uint8Array): boolean;
  end(bytes?: Uint8Array | string): unknown;
}

/** A handler of web-standard requests, such as a console. */
export interface WebHandler {
  /** Answers a request, whose path is counted from where the handler is mounted. */
  fetch(request: Request): Promise<Response>;
  /**
   * Answers some POSTs from their bytes alone, and never rejects; null leaves one to `fetch`. To make a web `Request` and
   * `Response` costs more than all else that a small write does.
   */
  post?(path: string, body: Uint8Array): Promise<PostReply> | null;
}

/** An answer to what was posted. */
export interface PostReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How {@link serveWeb} takes a request. */
export interface ServeOptions {
  /** The path and query below the mount, from a slash on. */
  readonly path: string;
  /** How many bytes a body may have. Default 1 MiB. */
  readonly bodyLimit?: number | undefined;
  /** What to do about a body that something else has read, in the words of the framework. */
  readonly fix: string;
}

const MOST = 1024 * 1024;

/** No web request can be made of these. Source: Fetch standard, "forbidden method". */
const FORBIDDEN: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * Has a handler of web-standard requests answer one of Node's own. A stream of server-sent events goes out as it comes and
 * ends when the client leaves; anything else is sent whole. Not a general adapter: a body is read before the handler sees it.
 * @throws HeronError `body_already_consumed`; and whatever the handler throws. Nothing is sent then.
 */
export async function serveWeb(
  handler: WebHandler,
  message: WebMessage,
  response: WebResponse,
  { path, bodyLimit = MOST, fix }: ServeOptions,
): Promise<void> {
  if (FORBIDDEN.has(message.method ?? "")) {
    response.writeHead(405, { allow: "GET, HEAD, POST, PUT, DELETE", connection: "close" });
    response.end();
    return;
  }
  const body = await bodyOf(message, bodyLimit, fix);
  if (body === "gone") return;
  if (body === "large") {
    // What is left of it is not read.
    response.writeHead(413, { connection: "close", "content-type": "application/json" });
    response.end(
      JSON.stringify({ code: 413, name: "Content Too Large", description: "The body is too large." }),
    );
    return;
  }
  const posted = message.method === "POST" ? (handler.post?.(path, body) ?? null) : null;
  if (posted !== null) {
    const reply = await posted;
    const length = String(Buffer.byteLength(reply.body));
    response.writeHead(reply.status, { ...reply.headers, "content-length": length });
    response.end(reply.body);
    return;
  }
  const left = new AbortController();
  response.on("close", () => left.abort());
  const answer = await handler.fetch(
    new Request(`http://host.invalid${path}`, {
      method: message.method ?? "GET",
      headers: headersOf(message),
      signal: left.signal,
      ...(body.length === 0 ? {} : { body }),
    }),
  );
  await send(answer, message, response);
}

function headersOf({ rawHeaders }: WebMessage): [string, string][] {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i] as string, rawHeaders[i + 1] as string];
    // Of HTTP/2, where the line of the request is among them.
    if (!name.startsWith(":")) headers.push([name, value]);
  }
  return headers;
}

type Body = Uint8Array<ArrayBuffer> | "large" | "gone";

async function bodyOf(message: WebMessage, limit: number, fix: string): Promise<Body> {
  if (message.method === "GET" || message.method === "HEAD") return new Uint8Array();
  const { rawBody } = message;
  if (ArrayBuffer.isView(rawBody)) {
    const { buffer, byteOffset, byteLength } = rawBody;
    return byteLength > limit ? "large" : new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
  }
  if (message.readableDidRead || message.readableEnded)
    throw new HeronError("body_already_consumed", `The body was read before the console could. ${fix}`);
  if (Number(message.headers["content-length"] ?? 0) > limit) return "large";
  // Mostly it came in one with the head.
  const whole = nodeRequest(message).readNow?.(limit);
  if (whole !== undefined) return new Uint8Array(whole);
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const onData = (chunk: Uint8Array): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= limit) return;
      message.off("data", onData);
      message.pause();
      resolve("large");
    };
    message.on("data", onData);
    message.on("end", () => resolve(new Uint8Array(Buffer.concat(chunks))));
    message.on("error", () => resolve("gone"));
    message.on("close", () => resolve("gone"));
  });
}

async function send(answer: Response, message: WebMessage, response: WebResponse): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of answer.headers) if (name !== "set-cookie") headers[name] = value;
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  const { body } = answer;
  const isStream = headers["content-type"]?.toString().startsWith("text/event-stream") === true;
  if (body === null || message.method === "HEAD" || !isStream) {
    const bytes = body === null ? null : Buffer.from(await answer.arrayBuffer());
    if (bytes !== null && headers["content-length"] === undefined)
      headers["content-length"] = String(bytes.length);
    response.writeHead(answer.status, headers);
    if (bytes === null || message.method === "HEAD") response.end();
    else response.end(bytes);
    return;
  }
  response.writeHead(answer.status, headers);
  response.flushHeaders();
  await stream(body, response);
}

/** As it comes, and no faster than it is taken. */
async function stream(body: ReadableStream<Uint8Array>, response: WebResponse): Promise<void> {
  const reader = body.getReader();
  response.on("close", () => void reader.cancel().catch(() => {}));
  for (;;) {
    const step = await reader.read().catch(() => null);
    if (step === null || step.done || response.destroyed) break;
    if (!response.write(step.value)) await drained(response);
  }
  // Who left before anybody listened for that is heard of only now.
  await reader.cancel().catch(() => {});
  response.end();
}

function drained(response: WebResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const go = (): void => {
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.on("drain", go);
    response.on("close", go);
  });
}
