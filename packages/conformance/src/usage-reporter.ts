import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

// For the child process that a memory suite measures: imports no test framework.

/** What a server's process has used so far. */
export interface Usage {
  /** The most memory it ever held, in bytes. */
  readonly peakBytes: number;
  readonly currentBytes: number;
  /** Bytes read from each connection that is over, in their order. */
  readonly bytesRead: readonly number[];
  /** Statuses answered, in their order, whether or not they reached the other end. */
  readonly statuses: readonly number[];
}

/** Listens on a free port of loopback, tells the parent its number, and from then on its usage whenever it asks. */
export function reportUsage(server: Server): void {
  const bytesRead: number[] = [];
  const statuses: number[] = [];
  server.on("connection", (socket: Socket) => socket.on("close", () => bytesRead.push(socket.bytesRead)));
  server.prependListener("request", (_request, response) =>
    response.on("finish", () => statuses.push(response.statusCode)),
  );
  process.on("message", () => {
    const usage: Usage = {
      peakBytes: process.resourceUsage().maxRSS * 1024,
      currentBytes: process.memoryUsage.rss(),
      bytesRead,
      statuses,
    };
    process.send?.(usage);
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
}
