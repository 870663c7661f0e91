import { type AddressInfo, createServer, type Socket } from "node:net";
import { getSharedNow } from "./clock.ts";
import { serveQuestions } from "./program.ts";
import { RequestReader } from "./request-reader.ts";

/**
 * What is delivered to, in a process of its own: takes whole requests, answers 200, and says what it has had. It does so
 * over bare sockets: a whole HTTP server would take more of a small machine than what is to be measured.
 *
 * `/` is answered at once, `/slow` after a while, `/hang` never. `/timed` is answered at once, and how long its event took,
 * from the `at` in its data, is noted.
 */
const RESPONSE = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
/** In milliseconds, at least and at most: all of one length would come to their end in waves. */
const SLOW_PATH = [25, 75] as const;

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
      SLOW_PATH[0] + Math.random() * (SLOW_PATH[1] - SLOW_PATH[0]),
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
    had: () => ({ received, bytes }),
    slow: () => slowInFlight,
    times() {
      const taken = times;
      times = [];
      return taken;
    },
  }),
);
