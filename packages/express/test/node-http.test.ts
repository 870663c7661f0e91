import { text } from "node:stream/consumers";
import { testAdapter } from "@heron-webhooks/conformance";
import { createReceiver, nodeRequest, writeResponse } from "@heron-webhooks/core/receiver";
import { listen, toolkit } from "./apps.ts";

// No framework at all: what an adapter is made of, on Node's own server.
testAdapter("node:http", {
  ...toolkit,
  async open(options) {
    const receiver = createReceiver(options);
    const server = await listen(async (request, response) => {
      const { pathname } = new URL(request.url ?? "", "http://localhost");
      if (pathname === receiver.path) writeResponse(response, await receiver.receive(nodeRequest(request)));
      else if (request.url === "/other") response.end(JSON.stringify(JSON.parse(await text(request))));
      else response.writeHead(request.url === "/" ? 200 : 404).end();
    });
    return { ...server, closeReceiver: () => receiver.close() };
  },
  otherMethods: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"],
  closesOnUnreadBody: true,
});
