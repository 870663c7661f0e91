import type { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import { HeronError } from "../errors.ts";
import {
  createBodyAbortedError,
  createBodyTimeoutError,
  createBodyTooLargeError,
  type IncomingRequest,
} from "./request.ts";

/** Node's `http.IncomingMessage`, or HTTP/2's. */
export type NodeMessage = Readable & {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly httpVersionMajor: number;
  /** Whether the whole message has arrived. */
  readonly complete?: boolean;
  /** Bytes or text kept by a parser or the platform. */
  readonly rawBody?: unknown;
  readonly body?: unknown;
};

/** Options of {@link nodeRequest}. */
export interface NodeRequestOptions<Source> {
  /** The framework's own request. Default: the message itself. */
  readonly source?: Source;
  /** The advice for a consumed body, in the framework's terms. */
  readonly bodyConsumedHint?: string;
  /**
   * Puts the body back into the message after reading, so that a later parser or proxy can read it. Discards it at the
   * end of this response.
   */
  readonly replayUntil?: EventEmitter | undefined;
}

const DEFAULT_BODY_CONSUMED_HINT =
  "Read the request in the receiver first: in Next's pages router, export const config = { api: { bodyParser: false } }; in Koa, put it above koa-bodyparser; in Nest on Fastify with rawBody: true, give nodeRequest the request itself rather than req.raw.";

/** Restored bodies, for a second receiver on the same request. */
const replayedBodies = new WeakMap<NodeMessage, Uint8Array>();

/**
 * Adapts a request of Node's HTTP server, or of a framework on top of it. Uses a body kept by a parser or the platform
 * as `rawBody`, or as a `body` of bytes or text.
 */
export function nodeRequest<Source = NodeMessage>(
  message: NodeMessage,
  { source, bodyConsumedHint = DEFAULT_BODY_CONSUMED_HINT, replayUntil }: NodeRequestOptions<Source> = {},
): IncomingRequest<Source> {
  function readBuffered(limit: number): Uint8Array | undefined {
    const { readableLength: length, readableDidRead, destroyed, headers } = message;
    if (length === 0 || length > limit || length !== Number(headers["content-length"])) return undefined;
    if (readableDidRead || destroyed || hasReader(message)) return undefined;
    if (isDecoded(message) || getParsedBody(message) !== undefined) return undefined;
    message.on("error", noop);
    const bytes = (message.read() as Uint8Array | null) ?? undefined;
    // Nothing remains to read, but only a flowing stream ends.
    if (replayUntil === undefined || bytes === undefined) message.resume();
    else replayBody(message, bytes, replayUntil);
    return bytes;
  }

  return {
    method: message.method ?? "",
    headers: message.headers,
    source: source ?? (message as unknown as Source),
    canCloseConnection: message.httpVersionMajor < 2,
    // With another listener, data is emitted by the next microtask: `read` must listen at once.
    readBuffered: hasReader(message) ? undefined : readBuffered,
    async read(limit, signal) {
      const parsedBody = getParsedBody(message);
      if (parsedBody !== undefined) return assertWithinLimit(parsedBody, limit);
      // Ignore other values of `body`: parsers put objects there for bodies that they never read.
      if (message.readableDidRead || message.readableEnded)
        throw new HeronError(
          "body_already_consumed",
          `The body was read before the receiver could verify it, and its bytes are gone. ${bodyConsumedHint}`,
        );
      if (isDecoded(message))
        throw new HeronError(
          "body_already_consumed",
          "The body's bytes are gone: request.setEncoding() was called. Call it after the receiver.",
        );
      return readStream(message, limit, signal, hasReader(message) ? undefined : replayUntil);
    },
  };
}

/**
 * Keeps a body's bytes for the receiver where a parser must run first: `express.json({ verify: rawBody })`. Also for
 * `express.urlencoded`, `express.text` and `express.raw`.
 */
export function rawBody(request: object, _response: unknown, bytes: Uint8Array): void {
  Object.assign(request, { rawBody: bytes });
}

function isDecoded({ readableEncoding }: NodeMessage): boolean {
  return readableEncoding !== null && readableEncoding !== undefined;
}

function getParsedBody(message: NodeMessage): Uint8Array | undefined {
  if (message.readableDidRead) {
    const replayed = replayedBodies.get(message);
    if (replayed !== undefined) return replayed;
  }
  // The current reader of the stream may still append to it.
  if (hasReader(message) && !message.readableEnded) return undefined;
  return toBytes(message.rawBody) ?? toBytes(message.body);
}

/** Whether something else reads this stream. */
function hasReader(message: NodeMessage): boolean {
  return message.readableFlowing === true || message.listenerCount?.("readable") > 0;
}

function toBytes(value: unknown): Uint8Array | undefined {
  // `instanceof` fails for bytes of another realm, such as jest's jsdom.
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return typeof value === "string" ? Buffer.from(value, "utf8") : undefined;
}

function assertWithinLimit(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length > limit) throw createBodyTooLargeError(limit);
  return bytes;
}

function readStream(
  message: NodeMessage,
  limit: number,
  signal: AbortSignal,
  replayUntil: EventEmitter | undefined,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let isOpen = true;
    const onData = (chunk: Uint8Array): void => {
      length += chunk.length;
      // Text after setEncoding: the original bytes are lost.
      if (!ArrayBuffer.isView(chunk)) fail(createBodyAbortedError());
      else if (length > limit) fail(createBodyTooLargeError(limit));
      else chunks.push(chunk);
    };
    // Pull data, so that the body can be put back before the stream emits `end`.
    const onReadable = (): void => {
      while (isOpen) {
        const chunk: Uint8Array | null = message.read();
        if (chunk === null) break;
        onData(chunk);
      }
      if (!isOpen || replayUntil === undefined || length === 0 || !isFullyReceived(message, length)) return;
      const bytes = concatChunks();
      replayBody(message, bytes, replayUntil);
      removeListeners();
      resolve(bytes);
    };
    const onEnd = (): void => {
      removeListeners();
      resolve(concatChunks());
    };
    const concatChunks = (): Uint8Array =>
      chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, length);
    const onAborted = (): void => fail(createBodyAbortedError());
    const onTimeout = (): void => fail(createBodyTimeoutError());
    const fail = (error: HeronError): void => {
      removeListeners();
      // Read no more: the response closes the connection.
      message.pause();
      reject(error);
    };
    const removeListeners = (): void => {
      isOpen = false;
      message.off("data", onData);
      message.off("readable", onReadable);
      message.off("end", onEnd);
      message.off("error", onAborted);
      message.off("close", onAborted);
      signal.removeEventListener("abort", onTimeout);
      // A later error without a listener would end the process.
      message.on("error", noop);
    };
    if (message.destroyed) return void onAborted();
    message.on("error", onAborted);
    message.on("close", onAborted);
    message.on("end", onEnd);
    signal.addEventListener("abort", onTimeout);
    if (replayUntil === undefined) message.on("data", onData);
    else message.on("readable", onReadable);
  });
}

/** Whether the `length` bytes read are the whole body, by the head and the parser. */
function isFullyReceived({ headers, complete }: NodeMessage, length: number): boolean {
  if (headers["transfer-encoding"] !== undefined) return complete === true;
  return length === Number(headers["content-length"]);
}

/** Puts a body back. Possible until `end`, which Node emits at least one tick after the last read. */
function replayBody(message: NodeMessage, bytes: Uint8Array, response: EventEmitter): void {
  replayedBodies.set(message, bytes);
  message.unshift(bytes);
  // As Node does with an unread body: the connection waits for its end.
  const discard = (): void => {
    if (message.readableFlowing === null) message.resume();
  };
  response.once("finish", discard);
  response.once("close", discard);
}

function noop(): void {}
