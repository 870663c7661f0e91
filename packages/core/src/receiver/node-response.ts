import type { EventEmitter } from "node:events";
import { HeronError } from "../errors.ts";
import type { AcceptedEvent } from "./acceptor.ts";
import { consoleLogger, type Logger } from "./logger.ts";
import type { ReceiverResponse } from "./response.ts";

/** Node's `http.ServerResponse`, or HTTP/2's. */
export interface NodeResponse extends EventEmitter {
  readonly statusCode: number;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  readonly headersSent?: boolean;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  end(body: string): unknown;
}

/**
 * Writes a response. If something else has responded, such as a timeout of the application, it only logs that.
 */
export function writeResponse(
  response: NodeResponse,
  { status, headers, body }: ReceiverResponse,
  logger: Pick<Logger, "warn"> | false = consoleLogger,
): void {
  if (response.headersSent !== true) {
    response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
    response.end(body);
    return;
  }
  if (logger === false) return;
  const details = { status: response.statusCode, unsent: status };
  try {
    logger.warn(details, "heron-webhooks: another handler, such as a timeout, responded before the receiver");
  } catch {
    // A throwing logger cannot be reported.
  }
}

/**
 * Completes an accepted event by the application's response: handled after a complete 2xx or 3xx, else to be retried.
 * Returns false if the response has already ended.
 */
export function completeOnResponse(response: NodeResponse, { done }: AcceptedEvent): boolean {
  const fail = (reason: string): void =>
    void done(
      new HeronError("handler_failed", `The route behind the receiver ${reason}; Heron can retry the event.`),
    );
  if (response.destroyed || response.writableFinished) {
    fail("could not respond, since the response had ended");
    return false;
  }
  const onFinish = (): void => {
    const { statusCode } = response;
    if (statusCode >= 200 && statusCode < 400) void done();
    else fail(`responded with ${statusCode}`);
  };
  // Node emits both, or only `close` for a broken connection; some serverless platforms emit only `finish`.
  response.once("finish", onFinish);
  response.once("close", () =>
    response.writableFinished ? onFinish() : fail("did not complete its response"),
  );
  return true;
}
