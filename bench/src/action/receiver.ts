import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A request with the time of its complete body. */
export interface Received {
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Receives POST requests. */
export interface Receiver {
  readonly url: string;
  /** Returns the requests since the last call. */
  takeReceived(): readonly Received[];
  close(): void;
}

/** Starts a local server that responds to everything as Slack does. */
export async function startReceiver(): Promise<Receiver> {
  let received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ at: performance.now(), headers: request.headers, body: Buffer.concat(chunks) });
      // A keep-alive connection would keep the client's process alive.
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
