import type { AddressInfo } from "node:net";
import type { OpenServer } from "@heron-webhooks/conformance";
import type { FastifyInstance } from "fastify";

/** Listens on a free port of loopback. */
export async function listen(app: FastifyInstance): Promise<OpenServer> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}
