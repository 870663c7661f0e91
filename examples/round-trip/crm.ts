import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Crm {
  readonly url: string;
  close(): Promise<void>;
}

/** A system with its own JSON format and token, unrelated to Heron's events. */
export async function startCrm(token: string, onContact: (contact: string) => void): Promise<Crm> {
  const server = createServer(async (request, response) => {
    const isAllowed = request.headers.authorization === `Bearer ${token}`;
    const contact = await text(request);
    if (isAllowed) onContact(contact);
    response.writeHead(isAllowed ? 204 : 401).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/contacts`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
