import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { HeronError, verify } from "@heron-webhooks/core";

export interface Lake {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A receiver that appends each row to a file, one line each (NDJSON). A templated body is no event, so it is verified
 * with `verify` over the bytes. `secret` is a function because the secret is created after the receiver.
 */
export async function startLake(file: string, secret: () => string): Promise<Lake> {
  // A sender delivers at least once. The delivery's id, the same at every attempt, makes rows unique.
  const seen = new Set<string>();
  const server = createServer(async (request, response) => {
    const status = await append(request).catch((error: unknown) => (HeronError.is(error) ? 401 : 500));
    response.writeHead(status).end();
  });

  async function append(request: IncomingMessage): Promise<number> {
    const body = await buffer(request);
    verify(body, getHeader(request, "heron-signature"), secret());
    const id = getHeader(request, "webhook-id");
    if (seen.has(id)) return 200;
    await appendFile(file, `${body.toString("utf8")}\n`);
    seen.add(id);
    return 201;
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rows`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function getHeader({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}
