import type { IncomingMessage } from "node:http";
import { testAdapter } from "@heron-webhooks/conformance";
import { createReceiver, webRequest } from "@heron-webhooks/core/receiver";
import { listen, toolkit } from "./apps.ts";

// A server of the kind that takes a `Request` and gives a `Response`.
testAdapter("web Request and Response", {
  ...toolkit,
  async open(options) {
    const receiver = createReceiver(options);
    const fetch = async (request: Request): Promise<Response> => {
      const { pathname } = new URL(request.url);
      if (pathname === receiver.path) {
        const { body, ...init } = await receiver.receive(webRequest(request));
        return new Response(body, init);
      }
      if (pathname === "/other") return Response.json(await request.json());
      return new Response(null, { status: pathname === "/" ? 200 : 404 });
    };
    const server = await listen(async (message, response) => {
      const answer = await fetch(toRequest(message));
      const body = await answer.text();
      const headers = { ...Object.fromEntries(answer.headers), "content-length": Buffer.byteLength(body) };
      response.writeHead(answer.status, headers).end(body);
    });
    return { ...server, closeReceiver: () => receiver.close() };
  },
  otherMethods: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"],
  closesOnUnreadBody: false,
});

function toRequest(message: IncomingMessage): Request {
  const method = message.method ?? "";
  const headers = Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const body = method === "GET" || method === "HEAD" ? null : toStream(message);
  return new Request(new URL(message.url ?? "", "http://localhost"), {
    method,
    headers,
    body,
    duplex: "half",
  });
}

// Not `Readable.toWeb`: after a cancel it throws, uncaught, when Node drains the message behind the response.
function toStream(message: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = message.iterator({ destroyOnReturn: false });
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = (await chunks.next()) as IteratorResult<Uint8Array, undefined>;
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
