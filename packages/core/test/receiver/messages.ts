import { Readable } from "node:stream";
import { HeronError } from "../../src/errors.ts";
import type { NodeMessage } from "../../src/receiver/node-request.ts";

export interface MessageHead {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly httpVersionMajor?: number;
}

/** A stream that looks like a message of Node's HTTP server. */
export function createMessage<S extends Readable>(stream: S, head: MessageHead = {}): S & NodeMessage {
  return Object.assign(stream, { method: "POST", headers: {}, httpVersionMajor: 1, ...head });
}

export const createChunkedStream = (...chunks: string[]): Readable =>
  Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
export const createIdleSignal = (): AbortSignal => new AbortController().signal;

export async function catchFailure(reading: Promise<unknown>): Promise<HeronError> {
  const error: unknown = await reading.then(
    () => "it was read",
    (thrown: unknown) => thrown,
  );
  if (HeronError.is(error)) return error;
  throw new Error(String(error));
}
