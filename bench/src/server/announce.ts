import type { Server } from "node:http";

/** Sends the port of the server to the bench, and exits with the bench. */
export function announce(server: Server): void {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server does not listen");
  process.on("disconnect", () => process.exit(0));
  process.send?.(address.port);
}
