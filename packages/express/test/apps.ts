import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { AdapterUnderTest, OpenServer } from "@heron-webhooks/conformance";
import { Discard, Retry } from "@heron-webhooks/core/receiver";
import { manualClock } from "@heron-webhooks/core/testing";
import express5, { type ErrorRequestHandler } from "express";
import express4 from "express-4";

export type ExpressVersion = "Express 5" | "Express 4";

/** The same tests for both; each stands for the version's own module. */
export const versions: ReadonlyMap<ExpressVersion, typeof express5> = new Map([
  ["Express 5", express5],
  ["Express 4", express4],
]);

/** A server on a free port of loopback; closing it ends what is still connected. */
export async function listen(listener: RequestListener): Promise<OpenServer & AsyncDisposable> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { port: (server.address() as AddressInfo).port, close, [Symbol.asyncDispose]: close };
}

/** What every adapter on core's own classes shares. */
export const toolkit: Pick<AdapterUnderTest, "manualClock" | "retry" | "discard"> = {
  manualClock,
  retry: (after) => new Retry(after === undefined ? {} : { after }),
  discard: () => new Discard(),
};

/** Answers with what went wrong, instead of printing it. */
export const answerErrors: ErrorRequestHandler = (error: Error, _request, response, _next) => {
  response.status(500).json({ passedOn: error.message });
};
