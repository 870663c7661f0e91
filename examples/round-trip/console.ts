import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createConsole, signedLink } from "@heron-webhooks/console";
import { heronConsole } from "@heron-webhooks/express";
import type { Sender } from "@heron-webhooks/sender";
import express from "express";

/** The console of the application. */
export interface RunningConsole {
  /** A single-use link to the console. */
  readonly link: string;
  close(): Promise<void>;
}

/** Mounts the console of a sender at /heron. */
export async function startConsole(sender: Sender): Promise<RunningConsole> {
  const links = signedLink({ secret: randomBytes(32).toString("base64url") });
  const console = createConsole(sender, { authorize: links, heapApi: true });
  const app = express();
  app.use("/heron", heronConsole(console));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    link: links.link(`http://127.0.0.1:${port}/heron`, { account: "default", admin: true }),
    async close() {
      console.close();
      const closing = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closing;
    },
  };
}
