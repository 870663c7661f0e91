import type { Readable } from "node:stream";
import { HeronError } from "../errors.ts";
import { aborted, type IncomingRequest, tooLarge, tooSlow } from "./request.ts";

/** Node's `http.IncomingMessage`, or HTTP/2's. */
export type NodeMessage = Readable & {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly httpVersionMajor: number;
  /** What a parser or the platform may have left. */
  readonly rawBody?: unknown;
  readonly body?: unknown;
};

/** How {@link nodeRequest} presents a request. */
export interface NodeRequestOptions<Source> {
  /** The framework's own request. Default: the message itself. */
  readonly source?: Source;
  /** What to do about a body that something else has read, in the words of the framework. */
  readonly fix?: string;
}

/**
 * A request of Node's own HTTP server, or of a framework on top of it. A body that a parser or the platform has kept,
 * as `rawBody` or as a `body` of bytes or text, is taken from there.
 */
export function nodeRequest<Source = NodeMessage>(
  message: NodeMessage,
  { source, fix = "Let nothing read the request before the receiver." }: NodeRequestOptions<Source> = {},
): IncomingRequest<Source> {
  return {
    method: message.method ?? "",
    headers: message.headers,
    source: source ?? (message as unknown as Source),
    canClose: message.httpVersionMajor < 2,
    readNow(limit) {
      const { readableLength: length, readableDidRead, destroyed, headers } = message;
      if (length === 0 || length > limit || length !== Number(headers["content-length"])) return undefined;
      if (readableDidRead || destroyed || isDecoded(message) || keptBody(message) !== undefined)
        return undefined;
      message.on("error", ignore);
      const bytes = (message.read() as Uint8Array | null) ?? undefined;
      // Nothing is left, but only a stream that flows comes to its end.
      message.resume();
      return bytes;
    },
    async read(limit, signal) {
      const kept = keptBody(message);
      if (kept !== undefined) return withinLimit(kept, limit);
      // What `body` holds decides nothing: parsers leave objects there for bodies that they never read.
      if (message.readableDidRead || message.readableEnded)
        throw new HeronError(
          "body_already_consumed",
          `The body was read before the receiver could verify it, and its bytes are gone. ${fix}`,
        );
      if (isDecoded(message))
        throw new HeronError(
          "body_already_consumed",
          "The request was told to decode its body (setEncoding), so its bytes cannot be had. Let nothing do that before the receiver.",
        );
      return readStream(message, limit, signal);
    },
  };
}

/**
 * Keeps a body's bytes for the receiver where a parser must come first: `express.json({ verify: rawBody })`. Does the
 * same for `express.urlencoded`, `express.text` and `express.raw`.
 */
export function rawBody(request: object, _response: unknown, bytes: Uint8Array): void {
  Object.assign(request, { rawBody: bytes });
}

function isDecoded({ readableEncoding }: NodeMessage): boolean {
  return readableEncoding !== null && readableEncoding !== undefined;
}

function keptBody(message: NodeMessage): Uint8Array | undefined {
  return bytesOf(message.rawBody) ?? bytesOf(message.body);
}

function bytesOf(kept: unknown): Uint8Array | undefined {
  if (kept instanceof Uint8Array) return kept;
  return typeof kept === "string" ? Buffer.from(kept, "utf8") : undefined;
}

function withinLimit(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length > limit) throw tooLarge(limit);
  return bytes;
}

function readStream(message: NodeMessage, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const onData = (chunk: Uint8Array): void => {
      length += chunk.length;
      // Text, if something told the stream to decode since: what it was is lost.
      if (!(chunk instanceof Uint8Array)) stop(aborted());
      else if (length > limit) stop(tooLarge(limit));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      release();
      resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, length));
    };
    const onAborted = (): void => stop(aborted());
    const onTime = (): void => stop(tooSlow());
    const stop = (error: HeronError): void => {
      release();
      // Not a byte more is wanted, and the reply closes the connection.
      message.pause();
      reject(error);
    };
    const release = (): void => {
      message.off("data", onData);
      message.off("end", onEnd);
      message.off("error", onAborted);
      message.off("close", onAborted);
      signal.removeEventListener("abort", onTime);
      // A stream that fails later on, when nobody listens, would end the process.
      message.on("error", ignore);
    };
    if (message.destroyed) return void onAborted();
    message.on("error", onAborted);
    message.on("close", onAborted);
    message.on("end", onEnd);
    signal.addEventListener("abort", onTime);
    message.on("data", onData);
  });
}

function ignore(): void {}
