import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

// For the child process of memory tests: imports no test framework.

/** The resource usage of a server's process. */
export interface Usage {
  /** Peak memory, in bytes. */
  readonly peakBytes: number;
  readonly currentBytes: number;
  /** Bytes read from each closed connection, in order. */
  readonly bytesRead: readonly number[];
  /** Statuses of responses, in order, delivered or not. */
  readonly statuses: readonly number[];
}

/** Listens on a free loopback port, sends its number to the parent, and then its usage for each message. */
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
