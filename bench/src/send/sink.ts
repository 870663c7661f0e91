import { type AddressInfo, createServer, type Socket } from "node:net";
import { getSharedNow } from "./clock.ts";
import { serveQuestions } from "./program.ts";
import { RequestReader } from "./request-reader.ts";

/**
 * The receiver, in a child process: reads whole requests, responds 200, and counts. It uses bare sockets, since an HTTP
 * server would take more CPU of a small machine than the senders that are measured.
 *
 * `/` responds at once, `/slow` after a while, `/hang` never. `/timed` responds at once and records the time since the `at`
 * in the event's data.
 */
const RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
/** Minimum and maximum: with equal times, responses would come in waves. */
const SLOW_RESPONSE_MS = [25, 75] as const;

let received = 0;
let bytes = 0;
let slowInFlight = 0;
let times: number[] = [];

function respond(socket: Socket): void {
  if (!socket.destroyed) socket.write(RESPONSE);
}

function onRequest(socket: Socket, path: string, body: Buffer, size: number): void {
  if (path === "/hang") return;
  received++;
  bytes += size;
  if (path === "/slow") {
    slowInFlight++;
    setTimeout(
      () => {
        slowInFlight--;
        respond(socket);
      },
      SLOW_RESPONSE_MS[0] + Math.random() * (SLOW_RESPONSE_MS[1] - SLOW_RESPONSE_MS[0]),
    );
    return;
  }
  if (path === "/timed") {
    const at = /"at":([\d.]+)/.exec(body.toString("latin1"))?.[1];
    times.push(getSharedNow() - Number(at));
  }
  respond(socket);
}

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new RequestReader((path, body, size) => onRequest(socket, path, body, size));
  socket.on("data", (chunk) => reader.push(chunk));
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () =>
  serveQuestions({
    port: () => (server.address() as AddressInfo).port,
    received: () => ({ received, bytes }),
    "slow-in-flight": () => slowInFlight,
    times() {
      const taken = times;
      times = [];
      return taken;
    },
  }),
);
