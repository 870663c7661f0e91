import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { heronConsole as expressConsole } from "@heron-webhooks/express";
import { heronConsole as fastifyConsole } from "@heron-webhooks/fastify";
import express from "express";
import express4 from "express-4";
import fastify from "fastify";
import type { Console } from "../src/index.ts";

/** A server with a console at `/heron` and a route of its own. */
export interface MountedServer {
  /** Origin of the server. */
  readonly origin: string;
  close(): Promise<void>;
}

export type Mount = (console: Console) => Promise<MountedServer>;

/** One server per supported framework. */
export const MOUNTS: Readonly<Record<string, Mount>> = {
  "Express 5": (console) => mountInExpress(express, console),
  "Express 4": (console) => mountInExpress(express4 as unknown as typeof express, console),
  "Fastify 5": async (console) => {
    const app = fastify({ forceCloseConnections: true, keepAliveTimeout: 120_000 });
    app.post("/own", async (request) => request.body);
    await app.register(fastifyConsole, { prefix: "/heron", console });
    const origin = await app.listen({ port: 0, host: "127.0.0.1" });
    return { origin, close: () => app.close() };
  },
};

async function mountInExpress(framework: typeof express, console: Console): Promise<MountedServer> {
  const app = framework();
  app.use("/heron", expressConsole(console));
  app.use(framework.json());
  app.post("/own", (request, response) => void response.json(request.body));
  // Otherwise a connection that is idle for five seconds can be closed while the client sends.
  const server = createServer({ keepAliveTimeout: 120_000 }, app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => closeServer(server),
  };
}

async function closeServer(server: Server): Promise<void> {
  const isClosed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await isClosed;
}
