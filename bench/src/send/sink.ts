import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What is delivered to, in a process of its own: reads every body, answers 200 at once, and says how many it has had.
 * Under `/hang` it never answers.
 */
let received = 0;

const server = createServer((request, response) => {
  if (request.url === "/hang") {
    request.resume();
    return;
  }
  request.on("data", () => {});
  request.on("end", () => {
    received++;
    response.end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => process.send?.({ received }));
process.on("disconnect", () => process.exit());
