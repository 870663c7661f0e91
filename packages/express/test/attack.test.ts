import { testAttacks } from "@heron-webhooks/conformance";
import { createReceiver, nodeRequest, writeResponse } from "@heron-webhooks/core/receiver";
import { manualClock } from "@heron-webhooks/core/testing";
import { heronWebhook } from "@heron-webhooks/express";
import { listen, versions } from "./apps.ts";

for (const [version, express] of versions)
  testAttacks(
    version,
    async (options, unverified) => {
      const app = express();
      app.disable("x-powered-by");
      app.use(heronWebhook(options));
      app.post("/webhooks/heron", (_request, response) => {
        unverified();
        response.send("unverified");
      });
      app.get("/", (_request, response) => void response.send("hello"));
      return listen(app);
    },
    manualClock,
  );

testAttacks(
  "node:http",
  async (options) => {
    const receiver = createReceiver(options);
    return listen(async (request, response) => {
      const path = request.url?.replace(/^http:\/\/[^/]+/, "").replace(/\?.*$/, "");
      if (path === receiver.path) writeResponse(response, await receiver.receive(nodeRequest(request)));
      else response.writeHead(path === "/" ? 200 : 404).end();
    });
  },
  manualClock,
);
