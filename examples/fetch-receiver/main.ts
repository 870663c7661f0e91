// Serves receiver.ts over Node's own HTTP server, as the platforms it is written for would. Needs
// HERON_WEBHOOK_SECRET; PORT is 3000 unless set. Every handled event is a line of JSON on standard output.
import { createServer, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { POST } from "./receiver.ts";

async function answer(message: IncomingMessage): Promise<Response> {
  if (message.url !== "/webhooks/heron") return new Response("not found\n", { status: 404 });
  const headers = Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const { method = "GET", url } = message;
  const body =
    method === "GET" || method === "HEAD"
      ? {}
      : { body: Readable.toWeb(message) as ReadableStream, duplex: "half" as const };
  return POST(new Request(`http://localhost${url}`, { method, headers, ...body }));
}

const server = createServer(async (message, response) => {
  // Not every method that HTTP has makes a `Request`.
  const { status, headers, body } = await answer(message).catch(() => new Response(null, { status: 400 }));
  // What is left of a body that was not read is not waited for.
  const close = message.complete || status === 404 ? {} : { connection: "close" };
  response.writeHead(status, { ...Object.fromEntries(headers), ...close });
  if (body) Readable.fromWeb(body as import("node:stream/web").ReadableStream).pipe(response);
  else response.end();
});

server.listen(Number(process.env["PORT"] ?? 3000), process.env["HOST"] ?? "127.0.0.1", () => {
  const address = server.address();
  const url = typeof address === "object" && address ? `http://${address.address}:${address.port}` : address;
  console.error(`fetch-receiver listens on ${url}/webhooks/heron`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => server.close());
