import { type Answer, HeronError, type OutgoingRequest } from "@heron-webhooks/core";
import { Agent, type Dispatcher } from "undici";
import { type GuardOptions, guardedConnector } from "../egress/connector.ts";

export interface TransportOptions extends GuardOptions {
  /** How long an attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How much of an answer's body is kept, in bytes. */
  readonly answerBytes: number;
  /** How many connections are held to one host. */
  readonly connections: number;
}

/** Makes attempts. */
export interface Transport {
  /** Resolves to what came of it, and never rejects. */
  attempt(request: OutgoingRequest, signal: AbortSignal): Promise<Answer | Error>;
  close(): Promise<void>;
}

/** A transport over undici: connections are kept, every new one is guarded, redirects are not followed. */
export function createTransport(options: TransportOptions): Transport {
  const { timeoutMs, answerBytes, connections } = options;
  const agent = new Agent({
    connect: guardedConnector(options),
    connections,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 10_000,
  });
  return {
    async attempt({ url, headers, body }, signal) {
      const { origin, pathname, search } = new URL(url);
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        const response = await agent.request({
          origin,
          path: pathname + search,
          method: "POST",
          headers,
          body,
          signal: AbortSignal.any([signal, deadline]),
        });
        const text = await beginningOf(response, answerBytes);
        return { status: response.statusCode, headers: response.headers, body: text, at: Date.now() };
      } catch (error) {
        if (deadline.aborted && !signal.aborted)
          return Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: "ETIMEDOUT" });
        return error instanceof Error ? error : new HeronError("closed", String(error));
      }
    },
    close: () => agent.close(),
  };
}

/** The beginning of an answer's body; a small one is read to its end, so that the connection can be used again. */
async function beginningOf({ body }: Dispatcher.ResponseData, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) break;
    }
  } catch {
    // The status has come, and it counts.
  }
  return Buffer.concat(chunks).subarray(0, most).toString("utf8");
}
