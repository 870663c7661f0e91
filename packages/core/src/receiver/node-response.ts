import type { EventEmitter } from "node:events";
import { HeronError } from "../errors.ts";
import type { AcceptedEvent } from "./acceptor.ts";
import { consoleLogger, type Logger } from "./logger.ts";
import type { ReceiverResponse } from "./response.ts";

/** What is needed of Node's `http.ServerResponse`, or of HTTP/2's. */
export interface NodeResponse extends EventEmitter {
  readonly statusCode: number;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  readonly headersSent?: boolean;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  end(body: string): unknown;
}

/**
 * Writes a reply. Where something else has answered meanwhile, such as a time-out of the application, it writes nothing
 * and says so in the log.
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
    logger.warn(
      details,
      "heron-webhooks: something else has answered the request, such as a time-out, before the receiver could",
    );
  } catch {
    // A logger that throws cannot be told about.
  }
}

/**
 * Settles an accepted event by what the application answers: handled at a 2xx or 3xx that was sent in full, and left
 * to come again at anything else. False if the response is over already, so that there is nobody to answer.
 */
export function completeOnResponse(response: NodeResponse, { done }: AcceptedEvent): boolean {
  const fail = (reason: string): void =>
    void done(
      new HeronError("handler_failed", `The route behind the receiver ${reason}; the event may come again.`),
    );
  if (response.destroyed || response.writableFinished) {
    fail("could not answer, since the response was over");
    return false;
  }
  const onFinish = (): void => {
    const { statusCode } = response;
    if (statusCode >= 200 && statusCode < 400) void done();
    else fail(`answered with ${statusCode}`);
  };
  // Node emits both, or `close` alone where the connection broke; some serverless platforms emit `finish` alone.
  response.once("finish", onFinish);
  response.once("close", () => (response.writableFinished ? onFinish() : fail("did not answer in full")));
  return true;
}
