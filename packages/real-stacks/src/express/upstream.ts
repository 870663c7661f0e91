import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { signBody } from "@heron-webhooks/conformance";
import type { RequestHandler } from "express";
import { getHeader, type Recorder } from "../recorder.ts";
import { FAIL_HEADER } from "../requests.ts";
import { describeBody } from "./route-behind.ts";

/** A server to which a middleware pipes requests. */
export interface Upstream {
  /** Pipes every request to the server. */
  readonly pipe: RequestHandler;
  close(): Promise<void>;
}

/** Starts the server. It expects the signed bytes of events, and echoes other requests. */
export async function startUpstream(recorder: Recorder): Promise<Upstream> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const signature = getHeader(request, "heron-signature");
    if (signature === undefined) {
      response.end(body);
      return;
    }
    recorder.note("route behind", request);
    const status = signature === signBody(body) ? Number(getHeader(request, FAIL_HEADER) ?? 200) : 599;
    response.writeHead(status).end(JSON.stringify({ event: "end_user.processed", body: describeBody(body) }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    pipe(request, response) {
      const { method, originalUrl: path, headers } = request;
      const onward = httpRequest({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
