import { HeronError } from "../errors.ts";
import {
  createBodyAbortedError,
  createBodyTimeoutError,
  createBodyTooLargeError,
  type IncomingRequest,
} from "./request.ts";

/** A web-standard `Request`, as Next, Hono, Lambda adapters, Bun and Deno have it. */
export function webRequest(request: Request): IncomingRequest<Request> {
  return {
    method: request.method,
    headers: request.headers,
    source: request,
    canCloseConnection: false,
    async read(limit, signal) {
      if (request.bodyUsed)
        throw new HeronError(
          "body_already_consumed",
          "The body was read before the receiver could verify it. Call receiver.receive(webRequest(request)) before request.json() or request.text(), or give it request.clone().",
        );
      return request.body === null ? new Uint8Array() : readWebStream(request.body, limit, signal);
    },
  };
}

async function readWebStream(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const cancel = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw createBodyTimeoutError();
      if (done) return Buffer.concat(chunks, length);
      length += value.length;
      if (length > limit) {
        cancel();
        throw createBodyTooLargeError(limit);
      }
      chunks.push(value);
    }
  } catch (cause) {
    if (HeronError.is(cause)) throw cause;
    throw createBodyAbortedError(cause);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
