import type { EventEmitter } from "node:events";
import { HeronError } from "../errors.ts";
import type { AcceptedEvent } from "./accept.ts";
import type { Reply } from "./reply.ts";

/** What is needed of Node's `http.ServerResponse`, or of HTTP/2's. */
export interface NodeResponse extends EventEmitter {
  readonly statusCode: number;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  end(body: string): unknown;
}

/** Writes a reply. */
export function writeReply(response: NodeResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(body);
}

/**
 * Settles an accepted event by what the application answers: handled at a 2xx or 3xx that was sent in full, and left
 * to come again at anything else. False if the sender has left already, so that there is nobody to answer.
 */
export function doneByResponse(response: NodeResponse, { done }: AcceptedEvent): boolean {
  const settle = (): void => {
    const { statusCode, writableFinished } = response;
    const answered = writableFinished ? `answered with ${statusCode}` : "did not answer in full";
    const error = new HeronError(
      "handler_failed",
      `The route behind the receiver ${answered}; the event may come again.`,
    );
    void done(writableFinished && statusCode >= 200 && statusCode < 400 ? undefined : error);
  };
  if (response.destroyed) settle();
  // Comes after `finish`, and alone where the connection broke before it.
  else response.once("close", settle);
  return !response.destroyed;
}
