import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A request, from when the whole of its body was there. */
export interface Received {
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Takes what is posted to it. */
export interface Receiver {
  readonly url: string;
  /** What has come since the last call. */
  takeReceived(): readonly Received[];
  close(): void;
}

/** Starts a server on this machine that answers everything as Slack does, which is enough for all. */
export async function startReceiver(): Promise<Receiver> {
  let received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ at: performance.now(), headers: request.headers, body: Buffer.concat(chunks) });
      // A client that keeps its connection would keep its process.
      response.writeHead(200, { "content-type": "text/plain", connection: "close" }).end("ok");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks/T0001`,
    takeReceived() {
      const taken = received;
      received = [];
      return taken;
    },
    close: () => server.close(),
  };
}
