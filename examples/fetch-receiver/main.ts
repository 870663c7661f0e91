// Serves receiver.ts over Node's own HTTP server, as the platforms it is written for would. Needs
// HERON_WEBHOOK_SECRET; PORT is 3000 unless set. Every handled event is a line of JSON on standard output.
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { POST } from "./receiver.ts";

const server = createServer(async (message, response) => {
  const hasBody = message.method !== "GET" && message.method !== "HEAD";
  const request = new Request(`http://localhost${message.url}`, {
    method: message.method ?? "GET",
    headers: Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
    ...(hasBody ? { body: Readable.toWeb(message) as ReadableStream, duplex: "half" } : {}),
  });
  const { status, headers, body } =
    message.url === "/webhooks/heron" ? await POST(request) : new Response("not found\n", { status: 404 });
  response.writeHead(status, Object.fromEntries(headers));
  if (body) Readable.fromWeb(body as import("node:stream/web").ReadableStream).pipe(response);
  else response.end();
});

server.listen(Number(process.env["PORT"] ?? 3000), process.env["HOST"] ?? "127.0.0.1", () => {
  const address = server.address();
  const url = typeof address === "object" && address ? `http://${address.address}:${address.port}` : address;
  console.error(`fetch-receiver listens on ${url}/webhooks/heron`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => server.close());
